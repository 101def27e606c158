import pLimit from 'p-limit'

// ECS and Application Auto Scaling are throttled per account and region, not per caller: a configuration of fifty services
// must not spend everybody's budget in one instant.
const AT_A_TIME = 4

/** Does `what` for each item, four at a time; the results are in the items' order. Rejects with the first failure. */
export function forEachOf<Item, Result>(
  items: readonly Item[],
  what: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const few = pLimit(AT_A_TIME)
  return Promise.all(items.map((item) => few(what, item)))
}
