import { randomBytes } from 'node:crypto';

/** The group of admins among those of the first migration. */
const ADMINS = 2;

/**
 * The statements that make a user an admin with a password, or make such a user; `at` is in milliseconds. Who made it
 * has the database: nothing of it is a secret to them but the password.
 */
export function recoverySql(username: string, passwordHash: string, at: number): string {
  const name = quoted(username);
  const hash = quoted(passwordHash);
  // Of nobody's token: signing in derives one and stores its hash.
  const [nonce, token] = [randomHex(16), randomHex(32)].map(quoted);
  return [
    `update users set password_hash = ${hash}, role = 'admin', is_active = 1, activation_hash = null,
      can_use_tags = 1, can_read_chats = 'all', can_write_to_chats = 'all' where username = ${name}`,
    `insert into users (id, username, role, is_active, password_hash, token_nonce, token_hash, created_at)
      select (select coalesce(max(id), 0) + 1 from users), ${name}, 'admin', 1, ${hash}, ${nonce}, ${token}, ${at}
      where not exists (select 1 from users where username = ${name})`,
    `insert or ignore into user_groups (user_id, group_id)
      select id, ${ADMINS} from users where username = ${name}
        and exists (select 1 from groups where id = ${ADMINS})`,
    `delete from sessions where user_id = (select id from users where username = ${name})`,
  ]
    .map((statement) => `${statement};\n`)
    .join('');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
