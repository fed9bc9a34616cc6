/** Reads a JSON column that we wrote ourselves, so that its shape is certain. */
export function readJson<Shape>(column: string): Shape {
  const value: Shape = JSON.parse(column);
  return value;
}
