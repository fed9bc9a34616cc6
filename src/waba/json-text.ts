/**
 * Finds parts of a JSON text by position, so that a body can be changed in one place and stay the
 * same, byte for byte, everywhere else: parsing and writing it again would change escapes, numbers'
 * spelling and duplicate keys. The text must be known to be valid JSON.
 */

/** Positions in the text: of a value, and of the key before it where it is a member. */
export interface Span {
  /** Where the member starts: its key's quote, or the value itself in an array. */
  start: number;
  key: string;
  valueStart: number;
  end: number;
}

/** The members of the object, or the elements of the array, that starts at `at`. Empty for other values. */
export function childSpans(text: string, at: number): Span[] {
  const open = text[at];
  if (open !== '{' && open !== '[') return [];
  const spans: Span[] = [];
  let position = skipSpace(text, at + 1);
  while (position < text.length && text[position] !== '}' && text[position] !== ']') {
    const span = readChild(text, position, open === '{');
    spans.push(span);
    position = skipSpace(text, span.end);
    if (text[position] === ',') position = skipSpace(text, position + 1);
  }
  return spans;
}

function readChild(text: string, start: number, isMember: boolean): Span {
  if (!isMember) return { start, key: '', valueStart: start, end: endOfValue(text, start) };
  const keyEnd = endOfString(text, start);
  const key: unknown = JSON.parse(text.slice(start, keyEnd));
  const colon = skipSpace(text, keyEnd);
  const valueStart = skipSpace(text, colon + 1);
  return { start, key: String(key), valueStart, end: endOfValue(text, valueStart) };
}

function skipSpace(text: string, from: number): number {
  let position = from;
  while (' \t\n\r'.includes(text[position] ?? 'x')) position += 1;
  return position;
}

/** Counts brackets instead of calling itself: a body may be nested deeper than the stack is. */
function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first !== '{' && first !== '[') return endOfLiteral(text, start);
  let depth = 0;
  let position = start;
  do {
    const character = text[position];
    if (character === '"') {
      position = endOfString(text, position);
      continue;
    }
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') depth -= 1;
    position += 1;
  } while (depth > 0 && position < text.length);
  return position;
}

function endOfString(text: string, start: number): number {
  let position = start + 1;
  while (position < text.length && text[position] !== '"')
    position += text[position] === '\\' ? 2 : 1;
  return position + 1;
}

function endOfLiteral(text: string, start: number): number {
  let position = start;
  while (position < text.length && !',}] \t\n\r'.includes(text[position] ?? '')) position += 1;
  return position;
}
