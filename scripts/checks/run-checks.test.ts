import { expect, it } from 'vitest';
import { runChecks, type Check } from './run-checks.ts';

function saying(name: string, text: string, exitCode: number): Check {
  const script = `console.log(${JSON.stringify(text)}); process.exitCode = ${exitCode}`;
  return { name, command: ['node', '-e', script] };
}

it('counts the checks that failed, names all, and shows what the failed ones said', async () => {
  const lines: string[] = [];
  const checks = [
    saying('first', 'all quiet', 0),
    saying('second', 'a comma is missing', 1),
    saying('third', 'nothing to see', 0),
  ];

  expect(await runChecks(checks, process.cwd(), (line) => lines.push(line))).toBe(1);

  const said = lines.join('\n');
  expect(said).toMatch(/^ok {3}first \(/m);
  expect(said).toMatch(/^FAIL second \(/m);
  expect(said).toMatch(/^ok {3}third \(/m);
  expect(said).toContain('a comma is missing');
  expect(said).not.toContain('all quiet');
  expect(said).not.toContain('nothing to see');
});
