import type { StackConfig } from '../config.ts';

/** The settings of a stack for unit tests. */
export function testConfig(changes: Partial<StackConfig> = {}): StackConfig {
  return {
    name: 'default',
    wabaApiUrl: 'https://waba.example',
    d360ApiKey: 'own-key',
    meta: undefined,
    webhookToken: undefined,
    metaAppSecret: undefined,
    platformSecret: undefined,
    secretKey: 'a secret key of at least thirty-two characters',
    oldSecretKey: undefined,
    adminUsername: 'admin',
    adminPassword: 'admin',
    publicUrl: undefined,
    mediaLinks: 'signed',
    corsOrigins: [],
    foreignNumbers: 'forward',
    allowPrivateTargets: false,
    contactProviders: [],
    emailFrom: undefined,
    fcm: undefined,
    retention: { logDays: 30, eventsDays: 90, messagesDays: undefined },
    databaseLimitBytes: 10_000_000_000,
    dialects: new Set(),
    identity: { name: 'default', publicUrl: undefined, licenseId: 1, companyId: 2 },
    ...changes,
  };
}
