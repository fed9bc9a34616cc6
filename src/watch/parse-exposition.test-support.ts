/** One line with a value. */
export interface ParsedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** A metric with its lines, as a scraper understands them. */
export interface ParsedMetric {
  type: string;
  help: string;
  samples: ParsedSample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP_LINE = new RegExp(`^# HELP (${NAME}) ((?:[^\\\\\\n]|\\\\\\\\|\\\\n)*)$`);
const TYPE_LINE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`);
const PAIR = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"/;
const SAMPLE_LINE = new RegExp(
  `^(${NAME})(?:\\{(${PAIR.source}(?:,${PAIR.source})*)\\})? (NaN|[+-]Inf|[+-]?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`,
);
const ESCAPES: Record<string, string> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/**
 * Reads Prometheus' text format 0.0.4, more strictly than Prometheus: a metric is HELP, TYPE and its
 * values, in this order and once, and a histogram's lines must fit each other. Throws an Error that names
 * the line.
 */
export function parseExposition(text: string): Map<string, ParsedMetric> {
  if (!text.endsWith('\n')) throw new Error('The last line does not end.');
  const metrics = new Map<string, ParsedMetric>();
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const help = HELP_LINE.exec(line);
    const type = TYPE_LINE.exec(line);
    const metric = metrics.get(current);
    if (help !== null) {
      const [, name = '', said = ''] = help;
      if (metrics.has(name) || metric?.type === '') throw new Error(`Out of place: ${line}`);
      metrics.set((current = name), { type: '', help: unescaped(said), samples: [] });
    } else if (type !== null) {
      if (type[1] !== current || metric?.type !== '') throw new Error(`Out of place: ${line}`);
      metric.type = type[2] ?? '';
    } else {
      const sample = sampleOf(line);
      if (metric === undefined || !belongs(sample, current, metric.type))
        throw new Error(`Out of place: ${line}`);
      metric.samples.push(sample);
    }
  }
  for (const [name, metric] of metrics) checkMetric(name, metric);
  return metrics;
}

function sampleOf(line: string): ParsedSample {
  const match = SAMPLE_LINE.exec(line);
  if (match === null) throw new Error(`No valid line: ${line}`);
  const [, name = '', pairs = ''] = match;
  const value = match.at(-1) ?? '';
  const found = [...pairs.matchAll(new RegExp(PAIR, 'g'))];
  const labels = Object.fromEntries(
    found.map(([, label = '', said = '']) => [label, unescaped(said)]),
  );
  if (Object.keys(labels).length !== found.length) throw new Error(`A label twice: ${line}`);
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\[\\"n]/g, (escape) => ESCAPES[escape] ?? escape);
}

function belongs({ name, labels }: ParsedSample, metric: string, type: string): boolean {
  if (type !== 'histogram') return name === metric && type !== '';
  const suffix = name.startsWith(metric) ? name.slice(metric.length) : '';
  return suffix === '_bucket' ? 'le' in labels : ['_sum', '_count'].includes(suffix);
}

function checkMetric(name: string, { type, samples }: ParsedMetric): void {
  const keys = samples.map((sample) => `${sample.name}${JSON.stringify(sample.labels)}`);
  if (new Set(keys).size !== keys.length) throw new Error(`A value twice: ${name}`);
  if (type === 'counter' && !samples.every(({ value }) => value >= 0))
    throw new Error(`A counter below nothing: ${name}`);
  if (type !== 'histogram') return;
  const series = Map.groupBy(samples, ({ labels }) => JSON.stringify({ ...labels, le: undefined }));
  for (const [labels, lines] of series) checkHistogram(`${name}${labels}`, name, lines);
}

function checkHistogram(what: string, name: string, lines: readonly ParsedSample[]): void {
  const buckets = lines.filter((line) => line.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels }) =>
    Number((labels['le'] ?? '').replace('+Inf', 'Infinity')),
  );
  const counts = buckets.map(({ value }) => value);
  const [sum, ...sums] = lines.filter((line) => line.name === `${name}_sum`);
  const [count, ...others] = lines.filter((line) => line.name === `${name}_count`);
  if (sum === undefined || count === undefined || sums.length + others.length > 0)
    throw new Error(`Not one sum and one count: ${what}`);
  if (bounds.at(-1) !== Infinity || counts.at(-1) !== count.value)
    throw new Error(`The last bucket does not hold all: ${what}`);
  for (let index = 1; index < buckets.length; index += 1) {
    const isRising =
      Number(bounds[index]) > Number(bounds[index - 1]) &&
      Number(counts[index]) >= Number(counts[index - 1]);
    if (!isRising) throw new Error(`The buckets do not rise: ${what}`);
  }
}
