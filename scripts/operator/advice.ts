/** Settings that are secrets: .dev.vars.example says what each is. The rest are plain vars. */
const SECRET = /(?:KEY|TOKEN|SECRET|PASSWORD|USERNAME|FCM_SERVICE_ACCOUNT|CONTACT_PROVIDERS)$/;

/** What to do about what is no setting, by the words of the sentence that tells it. */
const OTHERWISE: readonly [RegExp, string][] = [
  [/migration/, '`npm run deploy` migrates and deploys (`npm start` does so here)'],
  [/bound/, '`npm run setup` makes what is missing, and deploys'],
  [/database does not answer/, 'docs/runbook.md, "D1 is overloaded or full"'],
  [/database is nearly full/, 'docs/runbook.md, "D1 is overloaded or full"'],
  [/behind .*breaker/, 'docs/runbook.md, "A subscriber is down"'],
  [/dead letter/i, 'docs/runbook.md, "The queues back up"'],
  [/takes no message|Outbox/, 'docs/runbook.md, "The number is banned or limited"'],
  [/said nothing/, 'docs/runbook.md, "WhatsApp is down"'],
  [/other number|phone_number_id/, 'docs/runbook.md, "The webhook points elsewhere"'],
  [/webhook/i, 'docs/runbook.md, "The webhook points elsewhere"'],
];

/** What to do about a sentence of the stack's: how to set the settings that it names, or where to read on. */
export function adviceFor(sentence: string, isLocal: boolean): string {
  const [, page] = OTHERWISE.find(([pattern]) => pattern.test(sentence)) ?? [];
  // A setting of one word is none: WABA and the like are not meant.
  const [name] = sentence.match(/\b[A-Z][A-Z\d]*_[A-Z\d_]+\b/) ?? [];
  if (name === undefined || /bound/.test(sentence)) return page ?? 'docs/operations.md';
  if (isLocal) return `start it with ${name}=… before \`npm start\``;
  if (SECRET.test(name)) return `\`npm run wrangler -- secret put ${name}\``;
  return `set ${name} under "vars" of waypost.json, then \`npm run deploy\``;
}
