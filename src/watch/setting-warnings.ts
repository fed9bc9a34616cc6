import { sql, type SQL } from 'drizzle-orm';
import { passwordProblem } from '../auth/check-password.ts';
import { settingName, type StackConfig } from '../config.ts';

/** An SQL expression: 1 where the stack has a user, else 0. */
export function hasUser(): SQL {
  return sql`exists (select 1 from users)`;
}

/**
 * What the stack cannot do for want of a setting, a sentence each with the names of the settings: receive,
 * send, be addressed. The stack serves all the same.
 */
export function settingWarnings(config: StackConfig): string[] {
  const name = (setting: string): string => settingName(config.name, setting);
  const { webhookToken, metaAppSecret, platformSecret, d360ApiKey, publicUrl } = config;
  const warnings: string[] = [];
  if (webhookToken === undefined && metaAppSecret === undefined && platformSecret === undefined) {
    const others = `${name('META_APP_SECRET')} or ${name('D360_PLATFORM_SECRET')}`;
    warnings.push(
      `Nothing can be received: ${name('WEBHOOK_TOKEN')} is not set, nor is ${others}.`,
    );
  }
  if (d360ApiKey === undefined) {
    warnings.push(`Nothing can be sent: ${name('D360_API_KEY')} is not set.`);
  }
  if (publicUrl === undefined) {
    warnings.push(
      `Nobody knows where this stack is: ${name('PUBLIC_URL')} is not set, so webhooks have no links and WhatsApp's webhook is not kept.`,
    );
  }
  return warnings;
}

/** A sentence where nobody can sign in, as the stack has no user and none is made; none where somebody can. */
export function signInWarning(config: StackConfig, hasAnyUser: boolean): string[] {
  if (hasAnyUser) return [];
  const { name, adminUsername, adminPassword, allowPrivateTargets } = config;
  const username = settingName(name, 'ADMIN_USERNAME');
  const password = settingName(name, 'ADMIN_PASSWORD');
  const unset = [
    ...(adminUsername === undefined ? [username] : []),
    ...(adminPassword === undefined ? [password] : []),
  ];
  if (unset.length > 0) {
    const are = unset.length === 1 ? 'is' : 'are';
    return [`Nobody can sign in: there is no user, and ${unset.join(' and ')} ${are} not set.`];
  }
  // The same choice as where the first admin is made: on one's own machine nobody else can sign in.
  const problem = allowPrivateTargets ? undefined : passwordProblem(adminPassword ?? '');
  if (problem === undefined) return [];
  return [`Nobody can sign in: there is no user, and none is made by this ${password}. ${problem}`];
}
