/** A part of a list, as `limit` and `offset` ask for it. */
export interface Part {
  limit: number;
  offset: number;
}
