/**
 * The columns of `webhook_totals` that an attempt's duration is counted in, and up to how many
 * milliseconds each reaches, from the shortest on. An attempt counts in the first that it fits; what
 * takes longer than the last counts in none, since the number of all attempts is known.
 */
export const LATENCY_BUCKETS = [
  ['le_50', 50],
  ['le_100', 100],
  ['le_250', 250],
  ['le_500', 500],
  ['le_1000', 1_000],
  ['le_2500', 2_500],
  ['le_5000', 5_000],
  ['le_15000', 15_000],
] as const;
