import type { Limit, Measure } from './section.ts';
import { median } from './statistics.ts';

/** A measure with the values that the runs gave it. */
export interface Figure extends Measure {
  median: number;
  min: number;
  max: number;
  runs: number[];
  /** Whether the median keeps the limit; undefined where there is none. */
  isMet: boolean | undefined;
}

/** Collects the values of measures, in the order in which these first came. */
export class Figures {
  readonly #values = new Map<string, { measure: Measure; values: number[] }>();

  /** Notes one run's value. */
  record(measure: Measure, value: number): void {
    const known = this.#values.get(measure.name) ?? { measure, values: [] };
    known.values.push(value);
    this.#values.set(measure.name, known);
  }

  list(): Figure[] {
    return [...this.#values.values()].map(({ measure, values }) => figureOf(measure, values));
  }
}

function figureOf(measure: Measure, values: number[]): Figure {
  const middle = median(values);
  return {
    ...measure,
    median: middle,
    min: Math.min(...values),
    max: Math.max(...values),
    runs: values,
    isMet: measure.limit && keeps(middle, measure.limit),
  };
}

/** Whether a value keeps a limit; what is not a number keeps none. */
function keeps(value: number, limit: Limit): boolean {
  return 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast;
}
