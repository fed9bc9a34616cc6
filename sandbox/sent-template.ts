import type { StoredTemplate } from './account.ts';
import type { Answer } from './answer.ts';
import { isObject, stringOf, type JsonObject } from './json-object.ts';
import { metaError } from './meta-error.ts';

const NO_SUCH_TEMPLATE = 132001;
const WRONG_COUNT = 132000;
const WRONG_FORMAT = 132012;
const MISSING_PARAMETER = 131008;

/** What WhatsApp answers about templates that it has taken back. */
const TAKEN_BACK = new Map([
  ['paused', 132015],
  ['disabled', 132016],
]);

/** `{{1}}` or `{{name}}`. */
const VARIABLE = /\{\{\s*(\w+)\s*\}\}/g;

/**
 * The error WhatsApp would answer to a template message of the right form: the number has no such approved
 * template in this language, or it has other holes than the message fills. Undefined where it would take it.
 */
export function templateError(
  templates: readonly StoredTemplate[],
  message: JsonObject,
): Answer | undefined {
  const sent = message['template'];
  if (message['type'] !== 'template' || !isObject(sent)) return undefined;
  const name = stringOf(sent, 'name') ?? '';
  const code = isObject(sent['language']) ? (stringOf(sent['language'], 'code') ?? '') : '';
  const template = templates.find((one) => one.name === name && one.language === code);
  const takenBack = TAKEN_BACK.get(template?.status ?? '');
  if (takenBack !== undefined) return metaError(400, takenBack, `template (${name}) is paused`);
  if (template?.status !== 'approved') {
    const details = `template name (${name}) does not exist in ${code}`;
    return metaError(404, NO_SUCH_TEMPLATE, details);
  }
  return holesError(template, listOf(sent['components']));
}

function holesError(
  { components, category }: StoredTemplate,
  sent: readonly JsonObject[],
): Answer | undefined {
  for (const component of components) {
    const type = nameOf(component['type']);
    const problem =
      type === 'buttons'
        ? buttonsError(listOf(component['buttons']), sent)
        : partError(component, type, parametersOf(sent, type), category);
    if (problem) return problem;
  }
  return undefined;
}

/** One error of a header, a body or another part; `parameters` is undefined where the message has no such part. */
function partError(
  component: JsonObject,
  type: string,
  parameters: readonly JsonObject[] | undefined,
  category: string,
): Answer | undefined {
  if (type === 'header' && component['format'] !== 'TEXT') {
    const format = nameOf(component['format']);
    const isFilled = parameters?.length === 1 && nameOf(parameters[0]?.['type']) === format;
    if (isFilled) return undefined;
    const found = nameOf(parameters?.[0]?.['type'] ?? 'nothing').toUpperCase();
    const details = `header: Format mismatch, expected ${format.toUpperCase()}, received ${found}`;
    return metaError(400, WRONG_FORMAT, details);
  }
  if (type === 'limited_time_offer') {
    const offer = component['limited_time_offer'];
    const hasEnd = isObject(offer) && offer['has_expiration'] === true;
    if (!hasEnd || parameters?.length === 1) return undefined;
    return metaError(400, MISSING_PARAMETER, 'limited_time_offer: requires a parameter');
  }
  if (type !== 'header' && type !== 'body') return undefined;
  const expected = holesIn(component, type, category);
  const count = parameters?.length ?? 0;
  if (count === expected) return undefined;
  const details = `${type}: number of localizable_params (${count}) does not match the expected number of params (${expected})`;
  return metaError(400, WRONG_COUNT, details);
}

function holesIn(component: JsonObject, type: string, category: string): number {
  const text = stringOf(component, 'text');
  // WhatsApp words it itself, around the code.
  if (text === undefined) return type === 'body' && category === 'AUTHENTICATION' ? 1 : 0;
  return new Set(Array.from(text.matchAll(VARIABLE), ([, variable]) => variable)).size;
}

/** The first button that needs a parameter and has none. */
function buttonsError(
  buttons: readonly JsonObject[],
  sent: readonly JsonObject[],
): Answer | undefined {
  const index = buttons.findIndex((button, at) => needsParameter(button) && !isFilledAt(at, sent));
  if (index === -1) return undefined;
  const type = nameOf(buttons[index]?.['type']);
  const details = `buttons: Button at index ${index} of type ${type} requires a parameter`;
  return metaError(400, MISSING_PARAMETER, details);
}

function needsParameter(button: JsonObject): boolean {
  const type = nameOf(button['type']);
  if (type === 'url') return (stringOf(button, 'url') ?? '').search(VARIABLE) !== -1;
  return type === 'copy_code' || type === 'otp';
}

function isFilledAt(index: number, sent: readonly JsonObject[]): boolean {
  return sent.some(
    (part) =>
      nameOf(part['type']) === 'button' &&
      String(part['index']) === String(index) &&
      listOf(part['parameters']).length > 0,
  );
}

function parametersOf(
  sent: readonly JsonObject[],
  type: string,
): readonly JsonObject[] | undefined {
  const part = sent.find((one) => nameOf(one['type']) === type);
  return part && listOf(part['parameters']);
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function nameOf(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}
