import { element } from './element.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A form that asks the operation of this very stack and shows the answer. `token` tells who asks. */
export function tryForm(operation, token) {
  const fields = (operation.parameters ?? []).map((parameter) => ({
    ...parameter,
    input: element('input', { autocomplete: 'off', spellcheck: 'false' }),
  }));
  const types = Object.keys(operation.requestBody?.content ?? {});
  const isFile = types[0] === 'multipart/form-data';
  const body = types.length === 0 ? undefined : isFile ? fileInput() : textInput();
  const answer = element('pre', { hidden: '', 'aria-live': 'polite' });
  const form = element(
    'form',
    {},
    ...fields.map(({ name, in: place, input }) =>
      element('label', {}, `${name} (${place})`, input),
    ),
    ...(body === undefined
      ? []
      : [element('label', {}, isFile ? 'file_encoded' : 'Body (JSON)', body)]),
    element('button', {}, `Send ${operation.method}`),
    answer,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    answer.hidden = false;
    answer.replaceChildren('…');
    try {
      answer.replaceChildren(...(await send(operation, fields, body, token())));
    } catch (error) {
      answer.replaceChildren(String(error));
    }
  });
  return form;
}

function textInput() {
  const input = element('textarea', { spellcheck: 'false' });
  input.value = '{}';
  return input;
}

function fileInput() {
  return element('input', { type: 'file' });
}

/** Sends what was filled in; returns the answer as something to show. */
async function send({ method, path }, fields, body, token) {
  const query = new URLSearchParams();
  const headers = new Headers();
  let address = path;
  for (const { name, in: place, input } of fields) {
    if (place === 'path') address = address.replace(`{${name}}`, encodeURIComponent(input.value));
    else if (input.value === '') continue;
    else if (place === 'query') query.set(name, input.value);
    else headers.set(name, input.value);
  }
  if (token !== '') headers.set('Authorization', `Token ${token}`);
  else if (!SAFE.has(method)) headers.set('X-CSRFToken', cookie('csrftoken'));
  if (body instanceof HTMLTextAreaElement) headers.set('Content-Type', 'application/json');
  const question = query.size === 0 ? address : `${address}?${query}`;
  const response = await fetch(question, { method, headers, body: contentOf(body) });
  return [`${response.status} ${response.statusText}\n\n`, await shown(response)];
}

function contentOf(body) {
  if (body === undefined) return undefined;
  if (body instanceof HTMLTextAreaElement) return body.value;
  const form = new FormData();
  for (const file of body.files) form.set('file_encoded', file);
  return form;
}

async function shown(response) {
  const type = response.headers.get('Content-Type') ?? '';
  if (type.startsWith('image/')) {
    return element('img', { src: URL.createObjectURL(await response.blob()), alt: 'The file' });
  }
  const text = await response.text();
  return type.includes('json') ? JSON.stringify(JSON.parse(text), null, 2) : text;
}

function cookie(name) {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? '';
}
