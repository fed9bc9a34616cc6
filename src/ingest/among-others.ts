/** How many are under way in this isolate, by whom they are for. */
const underWay = new WeakMap<object, number>();

/** Does some work for `whom`, telling it how many others are under way for the same. Throws what it throws. */
export async function amongOthers<Result>(
  whom: object,
  work: (others: number) => Promise<Result>,
): Promise<Result> {
  const others = underWay.get(whom) ?? 0;
  underWay.set(whom, others + 1);
  try {
    return await work(others);
  } finally {
    underWay.set(whom, (underWay.get(whom) ?? 1) - 1);
  }
}
