/**
 * Results in the order of the items, with up to `ahead` of them under way at once: the next is begun when one was
 * taken. A failure comes where its item stands, and nothing is begun after it was thrown.
 */
export async function* readAhead<Item, Result>(
  items: Iterable<Item>,
  begin: (item: Item) => Promise<Result>,
  ahead: number,
): AsyncGenerator<[Item, Result]> {
  const underWay: [Item, Promise<Result>][] = [];
  for (const item of items) {
    const result = begin(item);
    // It is awaited later; until then a failure must not count as unhandled
    result.catch(() => undefined);
    underWay.push([item, result]);
    if (underWay.length < ahead) continue;
    const [first, firstResult] = underWay.shift() as [Item, Promise<Result>];
    yield [first, await firstResult];
  }
  for (const [item, result] of underWay) yield [item, await result];
}
