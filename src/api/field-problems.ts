import type { z } from '@hono/zod-openapi';
import { sentenceOf, typeName } from './problem-sentence.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Problems in the shape of what was sent: sentences where the problem is, objects on the way there. */
export interface NestedProblems {
  [field: string]: string[] | NestedProblems;
}

/** Where Django REST framework reports what is wrong with an object as a whole. */
const WHOLE_OBJECT = 'non_field_errors';

/**
 * Turns what zod found into the field lists of Django REST framework, which the service's clients
 * know: `{"username": ["This field is required."]}`. `input` is what was validated.
 */
export function fieldProblems(issues: readonly Issue[], input: unknown): NestedProblems {
  const problems: NestedProblems = emptyProblems();
  for (const issue of issues) addIssue(problems, issue, [], input);
  return problems;
}

/** The most problems that a sentence for people tells of. */
const MAX_TOLD = 3;

/**
 * Returns problems with the `reason` that the service's clients show to people beside them: the first few,
 * each with its field. A field that is called `reason` itself is told of in it.
 */
export function withReason(problems: NestedProblems): NestedProblems & { reason: string } {
  const told: string[] = [];
  tell(problems, '', told);
  return Object.assign(emptyProblems(), problems, { reason: told.join(' ') });
}

function tell(problems: NestedProblems, parent: string, told: string[]): void {
  for (const [name, found] of Object.entries(problems)) {
    if (told.length === MAX_TOLD) return;
    const path = name === WHOLE_OBJECT ? parent : parent === '' ? name : `${parent}.${name}`;
    if (!Array.isArray(found)) tell(found, path, told);
    else told.push(`${path === '' ? '' : `${path.slice(0, MAX_NAME_CHARACTERS)}: `}${found[0]}`);
  }
}

/** Names may come from who asks. */
const MAX_NAME_CHARACTERS = 100;

function addIssue(problems: NestedProblems, issue: Issue, parent: Path, input: unknown): void {
  const path = [...parent, ...issue.path];
  const value = valueAt(input, path);
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) addSentence(problems, [...path, key], 'Unexpected field.');
  } else if (
    issue.code === 'invalid_union' &&
    issue.errors[0] !== undefined &&
    value !== undefined
  ) {
    // The first form is the one that a schema means; the others are spellings of it.
    for (const inner of issue.errors[0]) addIssue(problems, inner, path, input);
  } else if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    for (const inner of issue.issues) addSentence(problems, path, sentenceOf(inner, value));
  } else if (issue.code === 'invalid_type' && issue.expected === 'object' && value != null) {
    const sentence = `Invalid data. Expected a dictionary, but got ${typeName(value)}.`;
    addSentence(problems, [...path, WHOLE_OBJECT], sentence);
  } else {
    addSentence(problems, path, sentenceOf(issue, value));
  }
}

function addSentence(problems: NestedProblems, path: Path, sentence: string): void {
  let level = problems;
  const names = path.length === 0 ? [WHOLE_OBJECT] : path.map(String);
  for (const name of names.slice(0, -1)) {
    const next = level[name];
    // Something is wrong with the object as a whole already; what is wrong inside it says no more.
    if (Array.isArray(next)) return;
    level = level[name] = next ?? emptyProblems();
  }
  const last = names.at(-1) ?? WHOLE_OBJECT;
  const there = (level[last] ??= []);
  // Two halves of a schema that both look at the same value may say the same of it.
  if (Array.isArray(there) && !there.includes(sentence)) there.push(sentence);
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

/** Without a prototype, so that a field called `__proto__` is a field like any other. */
function emptyProblems(): NestedProblems {
  const problems: NestedProblems = Object.create(null);
  return problems;
}
