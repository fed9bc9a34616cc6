/**
 * What D1 says when it cannot answer now and may a moment later (its list of errors: those that it
 * recommends to retry). A query that is wrong, or that costs too much, reads otherwise.
 */
const AWAY =
  /Network connection lost|storage caused object to be reset|reset because its code was updated|overloaded|operation exceeded timeout|transient issue/i;

/** Whether something failed only because storage was away: the same call may go well later. */
export function isStorageAway(error: unknown): boolean {
  return error instanceof Error && AWAY.test(error.message);
}
