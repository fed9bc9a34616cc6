/** Who knows such a setting may speak for WhatsApp: a shorter one can be guessed. */
const MIN_CREDENTIAL_CHARACTERS = 8;

/** What a call of WABA's is known by. */
const CREDENTIALS = ['WEBHOOK_TOKEN', 'META_APP_SECRET', 'D360_PLATFORM_SECRET'] as const;

/**
 * What is wrong with the credentials among a stack's settings: pairs of setting and sentence. Private targets are
 * for a router on one's own machine, which nobody else can reach: there any will do.
 */
export function credentialProblems(raw: Readonly<Record<string, unknown>>): [string, string][] {
  if (raw['ALLOW_PRIVATE_TARGETS'] === 'true') return [];
  const problem = `must have at least ${MIN_CREDENTIAL_CHARACTERS} characters`;
  return CREDENTIALS.filter((name) => {
    const value = raw[name];
    return typeof value === 'string' && value.length < MIN_CREDENTIAL_CHARACTERS;
  }).map((name) => [name, problem]);
}
