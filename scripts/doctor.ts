// `npm run doctor [-- https://host]`: looks at a stack and says what to do.
import { examine, type Finding } from './operator/examine.ts';

const [given] = process.argv.slice(2);
const base = baseUrl(given ?? `http://localhost:${process.env['PORT'] || 8787}`);
const { WAYPOST_TOKEN: token, WEBHOOK_TOKEN: webhookToken } = process.env;

const MARKS = { ok: '✓', bad: '✗', skipped: '–' } as const;

const findings = await examine(base, { token, webhookToken });
for (const finding of findings) console.log(lineOf(finding));
const bad = findings.filter(({ state }) => state === 'bad').length;
console.log(bad === 0 ? '\nAll is well.' : `\n${bad} to see to.`);
process.exitCode = bad === 0 ? 0 : 1;

function lineOf({ state, name, message, advice }: Finding): string {
  const line = `${MARKS[state]} ${name.padEnd(16)} ${message}`;
  return advice === undefined ? line : `${line}\n  ${''.padEnd(16)} → ${advice}`;
}

/** A host alone is enough. */
function baseUrl(text: string): string {
  const url = /^https?:\/\//.test(text) ? text : `https://${text}`;
  if (URL.canParse(url)) return new URL(url).origin;
  console.error(`"${text}" is no address. Try https://inbox.example.com.`);
  process.exit(2);
}
