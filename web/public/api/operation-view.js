import { element, prose } from './element.js';
import { schemaText } from './schema-text.js';
import { tryForm } from './try-form.js';

/** An operation, closed; what is in it is made when it is opened first. `token` tells who asks. */
export function operationView(api, operation, token) {
  const { operationId, method, path, summary } = operation;
  const source = operation['x-path-source'];
  const head = element(
    'summary',
    {},
    element('span', { class: 'method' }, method),
    element('code', {}, path),
    ' ',
  );
  if (source !== 'documented') head.append(element('span', { class: 'badge' }, source), ' ');
  head.append(element('span', { class: 'muted' }, operationId));
  const view = element('details', { class: 'operation', id: operationId }, head);
  view.addEventListener('toggle', fill);
  return view;

  function fill() {
    view.removeEventListener('toggle', fill);
    view.append(
      element(
        'div',
        {},
        ...prose(summary),
        ...prose(operation.description),
        ...(operation.security?.length === 0 ? prose('Needs no signing in.') : []),
        ...parametersOf(operation),
        ...bodyOf(api, operation),
        ...answersOf(api, operation),
        element('h4', {}, 'Try it'),
        tryForm(operation, token),
      ),
    );
  }
}

function parametersOf({ parameters = [] }) {
  if (parameters.length === 0) return [];
  const rows = parameters.map(({ name, in: place, required, description, schema = {} }) =>
    element(
      'tr',
      {},
      element('td', {}, element('code', {}, name)),
      element('td', {}, required ? `${place}, required` : place),
      element('td', {}, schemaText({}, schema)),
      element('td', {}, ...prose(description ?? schema.description)),
    ),
  );
  return [element('h4', {}, 'Parameters'), element('table', {}, ...rows)];
}

function bodyOf(api, { requestBody }) {
  const content = Object.entries(requestBody?.content ?? {});
  if (content.length === 0) return [];
  return [
    element('h4', {}, 'Body'),
    ...content.flatMap(([type, { schema }]) => [
      element('p', { class: 'muted' }, type),
      element('pre', {}, schemaText(api, schema)),
    ]),
  ];
}

function answersOf(api, { responses }) {
  const answers = Object.entries(responses).map(([status, { description, content = {} }]) => {
    const [[type, { schema }] = [undefined, {}]] = Object.entries(content);
    const head = element('summary', {}, element('code', {}, status), ` ${description}`);
    const shape = schema === undefined ? (type ?? 'No body.') : schemaText(api, schema);
    return element('details', {}, head, element('pre', {}, shape));
  });
  return [element('h4', {}, 'Answers'), ...answers];
}
