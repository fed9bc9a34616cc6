import { element, prose } from './element.js';
import { operationView } from './operation-view.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

const intro = document.querySelector('#intro');
const index = document.querySelector('#index');
const list = document.querySelector('#operations');
const find = document.querySelector('#find');
const token = document.querySelector('#token');

/** What is shown of each operation: its section, its entry in the index and the text to find it by. */
const entries = [];

try {
  const response = await fetch('openapi.json');
  if (!response.ok) throw new Error(`openapi.json: ${response.status}`);
  show(await response.json());
} catch (error) {
  intro.replaceChildren(
    element('p', { role: 'alert' }, `The API's document cannot be read: ${String(error)}`),
  );
}

function show(api) {
  const file = element('a', { href: 'openapi.json' }, 'openapi.json');
  intro.replaceChildren(
    element('h1', {}, 'The API of this stack'),
    ...prose(api.info.description),
    element('p', {}, 'The same for programs: ', file),
  );
  for (const [tag, operations] of [...byTag(api)].sort(([one], [other]) =>
    one.localeCompare(other),
  )) {
    const heading = element('h2', {}, tag);
    const entry = element('h2', {}, tag);
    list.append(heading);
    index.append(entry);
    for (const operation of operations) {
      const section = operationView(api, operation, () => token.value.trim());
      const link = element('a', { href: `#${operation.operationId}` }, operation.operationId);
      const text = [
        tag,
        operation.operationId,
        operation.method,
        operation.path,
        operation.summary,
      ];
      entries.push({
        section,
        link,
        headings: [heading, entry],
        text: text.join(' ').toLowerCase(),
      });
      list.append(section);
      index.append(link);
    }
  }
  find.addEventListener('input', filter);
  addEventListener('hashchange', openLinked);
  openLinked();
}

/** Operations by their first tag, in the order of the document. */
function byTag({ paths }) {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      ...item[method],
      path,
      method: method.toUpperCase(),
    })),
  );
  return Map.groupBy(operations, ({ tags }) => tags?.[0] ?? 'Other');
}

function filter() {
  const words = find.value.toLowerCase().split(/\s+/);
  const shown = new Set();
  for (const { section, link, headings, text } of entries) {
    const isHidden = !words.every((word) => text.includes(word));
    section.hidden = link.hidden = isHidden;
    for (const heading of isHidden ? [] : headings) shown.add(heading);
  }
  for (const heading of entries.flatMap(({ headings }) => headings)) {
    heading.hidden = !shown.has(heading);
  }
}

function openLinked() {
  const section = document.getElementById(location.hash.slice(1));
  if (!(section instanceof HTMLDetailsElement)) return;
  section.open = true;
  section.scrollIntoView();
}
