import type { z } from 'zod';
import type { Answer } from './answer.ts';
import { isObject, stringOf, type JsonObject } from './json-object.ts';
import { CONTENT, TO_GROUP, TO_PERSON, TO_USER_ID } from './message-schema.ts';
import { metaError } from './meta-error.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * The error WhatsApp would answer to this body of POST /messages, HTTP 400 in Meta's shape, or
 * undefined when it would accept it. `isUploaded` tells whether a media id may be sent.
 */
export function messageError(
  body: JsonObject,
  isUploaded: (mediaId: string) => boolean,
): Answer | undefined {
  const problem = schemaError(envelopeSchema(body), body, []) ?? contentError(body);
  if (problem) return problem;
  if (body['type'] === 'reaction' && body['context'] !== undefined) {
    return metaError(400, 131009, 'A reaction cannot carry a context');
  }
  const unknown = mediaIdsOf(body).find((id) => !isUploaded(id));
  if (unknown === undefined) return undefined;
  return metaError(400, 131009, `Media ID ${unknown} was not uploaded with this API key`);
}

/** The first fault of a value as Meta words it; `root` is the path under which the value lies. */
export function schemaError(schema: z.ZodType, value: unknown, root: Path): Answer | undefined {
  const issue = schema.safeParse(value).error?.issues[0];
  return issue && issueError(issue, value, root);
}

function envelopeSchema(body: JsonObject): z.ZodType {
  if (body['recipient_type'] === 'group') return TO_GROUP;
  return body['to'] === undefined && body['recipient'] !== undefined ? TO_USER_ID : TO_PERSON;
}

function contentError(body: JsonObject): Answer | undefined {
  const type = stringOf(body, 'type') ?? '';
  const schema = Object.entries(CONTENT).find(([name]) => name === type)?.[1];
  return schema && schemaError(schema, body[type], [type]);
}

function issueError(issue: Issue, value: unknown, root: Path): Answer {
  const path = [...root, ...issue.path];
  const name = parameterName(path);
  const inner = valueAt(value, issue.path);
  if (inner === undefined && issue.code !== 'custom') {
    return metaError(400, 131008, `Parameter ${name} is required`);
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      return metaError(400, 100, `Unexpected key "${issue.keys[0]}" on param "${name}".`);
    case 'invalid_value':
      return metaError(400, 100, `Param ${name} must be one of {${issue.values.join(', ')}}.`);
    case 'invalid_type':
      return metaError(400, 100, `Param ${name} must be a valid ${issue.expected}.`);
    case 'custom':
      return customError(issue, path);
    default:
      return metaError(400, 131009, `Parameter ${name}: ${issue.message}`);
  }
}

/** Own rules carry their code, or the length that was not kept. */
function customError(issue: Issue & { code: 'custom' }, path: Path): Answer {
  const name = parameterName(path);
  const { code, min, max } = issue.params ?? {};
  if (typeof code === 'number') return metaError(400, code, `Parameter ${name} ${issue.message}`);
  // In interactive messages WhatsApp complains about lengths with another code than elsewhere.
  if (path[0] === 'interactive') {
    const details = `${name} length invalid. Min length: ${min}, Max length: ${max}`;
    return metaError(400, 131009, details);
  }
  return metaError(400, 100, `Param ${name} must be ${min} to ${max} characters long.`);
}

/** `text['body']`: the way Meta names parameters. */
function parameterName(path: Path): string {
  const [first = 'message', ...rest] = path.map(String);
  return first + rest.map((key) => `['${key}']`).join('');
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) {
      const list: unknown[] = inner;
      return list[Number(key)];
    }
    return isObject(inner) ? inner[String(key)] : undefined;
  }, value);
}

const MEDIA_KEYS = new Set(['image', 'audio', 'video', 'document', 'sticker']);

/** Every media id a valid message refers to: its own, its header's and its template parameters'. */
function mediaIdsOf(body: JsonObject): string[] {
  const type = stringOf(body, 'type') ?? '';
  if (MEDIA_KEYS.has(type)) return idsWithin({ [type]: body[type] });
  if (type === 'interactive') return idsWithin(valueAt(body, ['interactive', 'header']));
  return type === 'template' ? idsWithin(valueAt(body, ['template', 'components'])) : [];
}

function idsWithin(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(idsWithin);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const id = MEDIA_KEYS.has(key) && isObject(inner) ? stringOf(inner, 'id') : undefined;
    return id === undefined ? idsWithin(inner) : [id];
  });
}
