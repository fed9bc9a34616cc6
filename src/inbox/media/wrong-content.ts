import { baseType, UNKNOWN_TYPE } from './mime-type.ts';

/** What error pages come as. */
const PAGE_TYPES = /^(?:text\/html|(?:application|text)\/(?:.*\+)?(?:json|xml))$/;

/** How a page begins: HTML, XML, or the JSON that APIs answer errors with. */
const PAGE_START = /^\uFEFF?\s*(?:<!doctype|<[a-z?][^>]*>|\{\s*["}]|\[\s*[\]{"])/i;

/** Enough for the first words of a page. */
const START_BYTES = 256;

/** What one program calls sound, another calls a film without pictures. */
const KINDS = new Map([
  ['image', 'picture'],
  ['audio', 'film'],
  ['video', 'film'],
]);

/**
 * Whether a file of type `expected` cannot have come in an answer whose `Content-Type` is `served`: an
 * error page, or another kind of file. Servers that tell no type, or one that they give to all files, are
 * believed.
 */
export function isWrongType(expected: string, served: string | null): boolean {
  const wanted = baseType(expected);
  const got = baseType(served ?? '');
  if (got === UNKNOWN_TYPE || got === wanted) return false;
  if (PAGE_TYPES.test(got)) return true;
  const kind = kindOf(got);
  return kind !== undefined && kindOf(wanted) !== undefined && kind !== kindOf(wanted);
}

/** Whether `head`, the first bytes of what came, begins a page, though a file of type `expected` is none. */
export function isPage(expected: string, head: Uint8Array): boolean {
  const wanted = baseType(expected);
  const mayBeText =
    wanted === UNKNOWN_TYPE || wanted.startsWith('text/') || PAGE_TYPES.test(wanted);
  if (mayBeText) return false;
  return PAGE_START.test(new TextDecoder().decode(head.subarray(0, START_BYTES)));
}

function kindOf(type: string): string | undefined {
  return KINDS.get(type.split('/')[0] ?? '');
}
