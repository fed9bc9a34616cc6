import type { SourceFile } from './test-files.ts';

/** What a call is not: comments, and texts in quotes. What is in a template may be a call. */
const NO_CODE = /\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/gm;

/**
 * Finds the tests of whole routers that call an operation by its name, a function of the client or of
 * their own. Empty where none does.
 */
export function systemTestsOf(operationId: string, files: readonly SourceFile[]): string[] {
  const call = new RegExp(`(?<!function )(?<![\\w$])${operationId}\\(`);
  return files.filter(({ text }) => call.test(codeOf(text))).map(({ path }) => path);
}

function codeOf(text: string): string {
  return text.replaceAll(NO_CODE, '');
}
