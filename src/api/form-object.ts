import { WaypostError } from '../error.ts';

type Container = Map<string, Node>;
type Node = Container | unknown[];

/** Names in a form are shallow; a deeper one is an attempt to exhaust the stack. */
const MAX_DEPTH = 10;

/** As many as Django takes. */
export const MAX_FIELDS = 1_000;

/** What would reach an object's prototype if anything copied it carelessly. */
const NOT_A_NAME = new Set(['__proto__', 'constructor', 'prototype']);

/** People's own words: they stay text even where they look like JSON. */
const ALWAYS_TEXT = new Set(['password', 'current_password', 'new_password', 'body', 'caption']);

/** `a[b]`, `a.b` and `a[]`: what is in brackets is taken whole. */
const NAME_PARTS = /\[([^[\]]*)\]|([^.[\]]+)/g;

/**
 * Builds from the fields of a form the object that the same request would have as JSON.
 * `text[body]=hi` and `text.body=hi` nest, `ids[]=1&ids[]=2` and a repeated name are lists, a value
 * that begins with `{` or `[` and is JSON is read as such; everything else stays text.
 * Throws `invalid` for a name that nests too deeply, and for too many fields.
 */
export function formObject(entries: Iterable<readonly [string, string]>): unknown {
  const root: Container = new Map();
  let count = 0;
  for (const [name, text] of entries) {
    count += 1;
    if (count > MAX_FIELDS) throw tooManyFields();
    const parts = partsOf(name);
    const last = parts.pop();
    if (last === undefined) continue;
    const container = containerAt(root, parts);
    const others = container.get(last);
    const value = valueOf(last, text);
    if (Array.isArray(others)) others.push(value);
    else container.set(last, [value]);
  }
  return plain(root);
}

/** What is wrong with a form of more than `MAX_FIELDS`. */
export function tooManyFields(): WaypostError {
  return new WaypostError('invalid', `A form may have ${MAX_FIELDS} fields at most.`);
}

/** Returns the way to a field; empty for a name that is none. */
function partsOf(name: string): string[] {
  const parts = Array.from(
    name.matchAll(NAME_PARTS),
    ([, bracketed, bare]) => bracketed ?? bare ?? '',
  );
  if (parts.length > MAX_DEPTH) throw new WaypostError('invalid', 'A field name nests too deeply.');
  return parts.some((part) => NOT_A_NAME.has(part)) ? [] : parts;
}

function containerAt(root: Container, parts: readonly string[]): Container {
  let container = root;
  for (const part of parts) {
    const there = container.get(part);
    const next: Container = there instanceof Map ? there : new Map();
    container.set(part, next);
    container = next;
  }
  return container;
}

function valueOf(name: string, text: string): unknown {
  if (ALWAYS_TEXT.has(name) || !/^\s*[{[]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A repeated field is a list, a single one its value; `0`, `1`, … without gaps and `[]` make lists. */
function plain(node: Node): unknown {
  if (Array.isArray(node)) return node.length === 1 ? node[0] : node;
  const unnamed = node.get('');
  if (node.size === 1 && Array.isArray(unnamed)) return unnamed;
  const isList =
    node.size > 0 && [...node.keys()].every((key, position) => key === String(position));
  const values = Array.from(node, ([key, child]) => [key, plain(child)] as const);
  return isList ? values.map(([, value]) => value) : Object.fromEntries(values);
}
