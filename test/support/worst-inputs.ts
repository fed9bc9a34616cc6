/** About what a body may have. */
const MEGABYTE = 1_000_000;

/** Texts that are hard for something that reads text: patterns, the composing of letters, parsers. */
export const WORST_TEXTS: Readonly<Record<string, (characters: number) => string>> = {
  blanks: (count) => `x${' '.repeat(count)}x`,
  'blanks around': (count) => ' '.repeat(count),
  tabs: (count) => `1${'\t\n'.repeat(count / 2)}x`,
  marks: (count) => `a${'\u0300\u0316'.repeat(count / 4)}`,
  letters: (count) => `${'a'.repeat(count)}!`,
  digits: (count) => `${'1'.repeat(count)}x`,
  slashes: (count) => '/'.repeat(count),
  dots: (count) => 'a.'.repeat(count / 2),
  addresses: (count) => `a@${'a.'.repeat(count / 2)}1`,
  hosts: (count) => `http://${'\u4e00\u4e8c\u4e09'.repeat(count / 9)}/`,
  links: (count) => 'http://a/'.repeat(count / 9),
  brackets: (count) => '['.repeat(count),
  'closed brackets': (count) => '[]'.repeat(count / 2),
  angles: (count) => '<a:b.c>'.repeat(count / 7),
  quotes: (count) => '"'.repeat(count),
  percents: (count) => '%'.repeat(count),
  base64: (count) => `whsec_${'a'.repeat(count)}!`,
  data: (count) => `data:${';base64'.repeat(count / 7)}`,
  codecs: (count) => `audio/ogg${';codecs=a'.repeat(6)}${' '.repeat(count)}x`,
};

/** Values of JSON that are hard for something that walks them. */
export const WORST_VALUES: Readonly<Record<string, (characters: number) => unknown>> = {
  'wrong items': (count) => Array(Math.floor(count / 2)).fill(0),
  'empty lists': (count) => Array.from({ length: Math.floor(count / 3) }, () => []),
  'wrong objects': (count) => Array.from({ length: Math.floor(count / 8) }, () => ({ a: 0 })),
  'many names': (count) =>
    Object.fromEntries(Array.from({ length: count / 12 }, (_, n) => [`k${n}`, 0])),
  'list of texts': (count) => Array.from({ length: count / 10 }, (_, n) => `item ${n}`),
};

/** Bodies whose names and order are the trouble, by media type. */
export const WORST_FORMS: readonly { name: string; type: string; body: string }[] = [
  form('a field repeated', 'text=1&'.repeat(MEGABYTE / 7)),
  form('one of a list repeated', 'ids[]=1&'.repeat(MEGABYTE / 8)),
  form('a thousand values of a list', `a=${'1'.repeat(900)}&`.repeat(999)),
  form('fields without a name', '&'.repeat(MEGABYTE)),
  form('many names', Array.from({ length: MEGABYTE / 10 }, (_, n) => `f${n}=1`).join('&')),
  form('a name that nests', `a${'[b]'.repeat(MEGABYTE / 3)}=1`),
  form('names that nest', `a${'[b]'.repeat(9)}${'[c]'.repeat(300)}=1&`.repeat(999)),
  form('a name of brackets', `${'['.repeat(MEGABYTE)}=1`),
  form('a value of brackets', `profile=${'['.repeat(MEGABYTE)}`),
  form('escapes', `text=${'%e4'.repeat(MEGABYTE / 3)}`),
  multipart('parts', part('text', '1').repeat(MEGABYTE / part('text', '1').length)),
  multipart('a part of dashes', part('text', '\r\n--'.repeat(MEGABYTE / 4))),
  multipart('lines of a part', `--b\r\n${'a: b\r\n'.repeat(MEGABYTE / 6)}\r\n\r\n`),
  multipart('a disposition without end', part('a"; name="'.repeat(MEGABYTE / 10), '1')),
  { name: 'lists in lists', type: 'application/json', body: '['.repeat(MEGABYTE) },
  {
    name: 'closed lists',
    type: 'application/json',
    body: `${'['.repeat(MEGABYTE / 2)}${']'.repeat(MEGABYTE / 2)}`,
  },
  {
    name: 'objects in objects',
    type: 'application/json',
    body: `${'{"a":'.repeat(MEGABYTE / 6)}1${'}'.repeat(MEGABYTE / 6)}`,
  },
  { name: 'blanks only', type: 'application/json', body: ' '.repeat(MEGABYTE) },
  {
    name: 'a name again and again',
    type: 'application/json',
    body: `{${'"a":1,'.repeat(MEGABYTE / 6)}"a":1}`,
  },
];

function form(name: string, body: string) {
  return { name, type: 'application/x-www-form-urlencoded', body: body.slice(0, MEGABYTE) };
}

function multipart(name: string, body: string) {
  return { name, type: 'multipart/form-data; boundary=b', body: `${body}--b--\r\n` };
}

function part(name: string, value: string): string {
  return `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}
