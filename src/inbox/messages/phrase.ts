import { sql, type SQL } from 'drizzle-orm';

/** What someone searches for. */
export interface Phrase {
  /** The FTS5 query; undefined where the phrase is too short for the index. */
  match: string | undefined;
  /** The phrase in the letter cases that people write. */
  spellings: readonly string[];
}

/** The index is made of trigrams (FTS5's `trigram` tokenizer), which are of code points. */
const SHORTEST_INDEXED = 3;

/** Each character is one more list to intersect; nobody types more, and a cut phrase finds more, not less. */
const MAX_CHARACTERS = 100;

/** Reads what was typed into a search field; undefined where it says nothing. */
export function readPhrase(typed: string | undefined): Phrase | undefined {
  // The tokenizer would take a NUL for the end of the text.
  const characters = Array.from((typed ?? '').replaceAll('\0', '').trim()).slice(0, MAX_CHARACTERS);
  if (characters.length === 0) return undefined;
  const text = characters.join('').toWellFormed();
  const isIndexed = characters.length >= SHORTEST_INDEXED;
  return { match: isIndexed ? quote(text) : undefined, spellings: spellingsOf(text) };
}

/**
 * A condition: the phrase is in `text`. Without regard to case in ASCII; elsewhere it finds the
 * spellings, because SQLite folds no other letters.
 */
export function isIn(phrase: Phrase, text: SQL): SQL {
  const tests = phrase.spellings.map((spelling) => sql`instr(lower(${text}), ${spelling}) > 0`);
  return sql`(${sql.join(tests, sql` or `)})`;
}

/** As an FTS5 string a phrase holds no operators; a quote in it is doubled. */
function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function spellingsOf(text: string): string[] {
  const lower = text.toLowerCase();
  const [first = '', ...rest] = Array.from(lower);
  const spellings = [text, lower, text.toUpperCase(), first.toUpperCase() + rest.join('')];
  return [...new Set(spellings.map(lowerAscii))];
}

/** What SQLite's `lower` does. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
