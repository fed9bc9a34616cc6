import { open } from '../auth/secret-box.ts';
import type { StackConfig } from '../config.ts';
import { readJson } from '../store/database.ts';
import type { webhooks } from '../store/schema.ts';

/** Room for the headers and the three secrets of every webhook a stack may have (400), and to spare. */
const MAX_REMEMBERED = 500;

const remembered = new WeakMap<StackConfig, Map<string, string>>();

/**
 * Opens a sealed text of the webhooks table, remembering it while the isolate lives, so that an event
 * costs no decryption. A changed value is sealed as another text and so never answered from memory.
 * Throws an Error where the text cannot be opened, as after a change of SECRET_KEY.
 */
export async function openSealed(config: StackConfig, sealed: string): Promise<string> {
  const texts = remembered.get(config) ?? new Map<string, string>();
  remembered.set(config, texts);
  const known = texts.get(sealed);
  if (known !== undefined) return known;
  const plain = await open(config, sealed);
  for (const oldest of texts.keys()) {
    if (texts.size < MAX_REMEMBERED) break;
    texts.delete(oldest);
  }
  texts.set(sealed, plain);
  return plain;
}

/** Opens the `headers` column: header values by name. Throws as `openSealed` does. */
export async function openHeaders(
  config: StackConfig,
  sealed: string,
): Promise<Record<string, string>> {
  return readJson(await openSealed(config, sealed));
}

/**
 * Opens the secrets (`whsec_…`) that a webhook's requests are signed with at `now` (milliseconds): its
 * own and, until its grace is over, the one before. Throws as `openSealed` does.
 */
export async function openSecrets(
  config: StackConfig,
  row: Pick<typeof webhooks.$inferSelect, 'secret' | 'old_secret' | 'old_secret_until'>,
  now: number,
): Promise<string[]> {
  const { secret, old_secret: old, old_secret_until: until } = row;
  const sealed = old !== null && until !== null && now < until ? [secret, old] : [secret];
  return Promise.all(sealed.map((text) => openSealed(config, text)));
}

/** Opens the secret that bodies are signed with as Meta does; null where there is none. Throws as `openSealed` does. */
export async function openAppSecret(
  config: StackConfig,
  { app_secret: sealed }: Pick<typeof webhooks.$inferSelect, 'app_secret'>,
): Promise<string | null> {
  return sealed === null ? null : openSealed(config, sealed);
}

/** Opens the credential that a webhook's dialect sends; null where there is none. Throws as `openSealed` does. */
export async function openDialectKey(
  config: StackConfig,
  { dialect_key: sealed }: Pick<typeof webhooks.$inferSelect, 'dialect_key'>,
): Promise<string | null> {
  return sealed === null ? null : openSealed(config, sealed);
}
