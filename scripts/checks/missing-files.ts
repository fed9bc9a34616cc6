/**
 * Names of files that a text speaks of and that are not there, a sentence each. `texts` are documents and
 * modules by their paths, of modules only the comments count; `files` are the paths of all files. A name is known
 * where a path ends with it.
 */
export function missingFiles(
  texts: ReadonlyMap<string, string>,
  files: readonly string[],
): string[] {
  const known = new Set(files.flatMap(endsOf));
  const faults: string[] = [];
  for (const [path, text] of texts) {
    for (const [at, line] of text.split('\n').entries()) {
      for (const name of namesIn(path.endsWith('.md') ? line : commentIn(line))) {
        if (!known.has(name))
          faults.push(`${path}:${at + 1} speaks of ${name}, which is not there`);
      }
    }
  }
  return faults;
}

function commentIn(line: string): string {
  return /(?:^|\s)(?:\/\/|\/?\*+|#)\s.*/.exec(line)?.[0] ?? '';
}

/** Patterns, such as `*.test.ts`, name no file. */
function namesIn(text: string): string[] {
  const words = text.matchAll(/[\w@./{}*-]+\.(?:ts|mjs|md|toml)\b/g);
  return [...words].flatMap(([word]) => (/^[a-z]/i.test(word) && !/[*{}]/.test(word) ? word : []));
}

/** A path with less and less before the name: all that it may be called. */
function endsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_part, from) => parts.slice(from).join('/'));
}
