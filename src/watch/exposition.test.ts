import { describe, expect, it } from 'vitest';
import { exposition, type Metric } from './exposition.ts';
import { parseExposition } from './parse-exposition.test-support.ts';

function metric(over: Partial<Metric>): Metric {
  return { name: 'm', type: 'gauge', help: 'Help.', samples: [{ value: 1 }], ...over };
}

function histogram(buckets: string): string {
  return `# HELP m h\n# TYPE m histogram\n${buckets}\nm_sum 1\nm_count 2\n`;
}

describe('the text format', () => {
  it('has a line of help, a line of type and a line per value', () => {
    const samples = [{ value: 0.25 }, { labels: { a: 'x', b: 'y' }, value: 3 }];
    expect(exposition([metric({ samples })])).toBe(
      '# HELP m Help.\n# TYPE m gauge\nm 0.25\nm{a="x",b="y"} 3\n',
    );
  });

  it.each(['a"b', 'a\\b', 'a\nb', '\\n', '",x="', '}', 'ünï', ''])(
    'gives the label %j back as it was',
    (value) => {
      const text = exposition([metric({ samples: [{ labels: { l: value }, value: 1 }] })]);
      expect(parseExposition(text).get('m')?.samples).toEqual([
        { name: 'm', labels: { l: value }, value: 1 },
      ]);
    },
  );

  it('gives help back as it was', () => {
    const help = 'Two\nlines and a \\ "quoted".';
    expect(parseExposition(exposition([metric({ help })])).get('m')?.help).toBe(help);
  });

  it.each([1e21, 1e-7, -1, 0, NaN].map((value) => ({ value })))('writes $value', ({ value }) => {
    const text = exposition([metric({ samples: [{ value }] })]);
    expect(parseExposition(text).get('m')?.samples[0]?.value).toBe(value);
  });
});

describe('the parser of these tests', () => {
  it.each([
    ['The last line', '# HELP m h\n# TYPE m gauge\nm 1'],
    ['Out of place', '# TYPE m gauge\nm 1\n'],
    ['Out of place', '# HELP m h\n# TYPE m gauge\nother 1\n'],
    ['No valid line', '# HELP m h\n# TYPE m gauge\nm{a=x} 1\n'],
    ['No valid line', '# HELP m h\n# TYPE m gauge\nm{a="\\x"} 1\n'],
    ['No valid line', '# HELP m h\n# TYPE m gauge\nm undefined\n'],
    ['No valid line', '# HELP m h\n# TYPE m gauge\n\nm 1\n'],
    ['A value twice', '# HELP m h\n# TYPE m gauge\nm 1\nm 2\n'],
    ['do not rise', histogram('m_bucket{le="1"} 2\nm_bucket{le="2"} 1\nm_bucket{le="+Inf"} 2')],
    ['does not hold all', histogram('m_bucket{le="1"} 2')],
    ['does not hold all', histogram('m_bucket{le="+Inf"} 1')],
    ['Not one sum', '# HELP m h\n# TYPE m histogram\nm_bucket{le="+Inf"} 1\nm_count 1\n'],
  ])('says "%s" of %j', (problem, text) => {
    expect(() => parseExposition(text)).toThrow(problem);
  });
});
