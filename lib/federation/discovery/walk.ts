import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { fetchObject } from "../fetch.ts";
import { sameHost } from "../ids.ts";
import { type Collection, collection, read } from "../protocol/mod.ts";

/** Documents of one collection that are read, its pages and itself. */
const MAX_PAGES = 20;

/**
 * What a collection of another server lists, page by page. It ends by itself: no page is read
 * twice, none on another host, and no more than twenty.
 * @throws FederationError as `fetchObject`; `unreadable` for what is no collection
 */
export async function* walkCollection(
  ctx: FedCtx,
  address: string,
): AsyncGenerator<unknown> {
  const seen = new Set<string>();
  let page: Collection | null = await readPage(ctx, address, seen);
  for (let pages = 1; page; pages++) {
    yield* page.items;
    if (pages === MAX_PAGES) return;
    page = await nextPage(ctx, address, page, seen);
  }
}

async function readPage(
  ctx: FedCtx,
  address: string,
  seen: Set<string>,
): Promise<Collection> {
  seen.add(address);
  const { json, url } = await fetchObject(ctx, address);
  seen.add(url);
  return read(collection, json);
}

async function nextPage(
  ctx: FedCtx,
  collectionId: string,
  { first, next }: Collection,
  seen: Set<string>,
): Promise<Collection | null> {
  // A first page may stand in the collection itself.
  if (first !== undefined && typeof first !== "string") {
    return readEmbedded(first);
  }
  const address = [first, next].find((page) =>
    page !== undefined && !seen.has(page)
  );
  if (address === undefined || !sameHost(address, collectionId)) return null;
  return await readPage(ctx, address, seen);
}

/** A page within the collection names the next one, and no first one. */
function readEmbedded(json: Record<string, unknown>): Collection {
  const { first: _, ...page } = read(collection, json);
  return { ...page, first: undefined };
}

/** As many of a collection's entries as are wanted. @throws FederationError as `walkCollection` */
export async function firstItems(
  ctx: FedCtx,
  address: string,
  limit: number,
): Promise<unknown[]> {
  const items: unknown[] = [];
  if (limit === 0) return items;
  for await (const item of walkCollection(ctx, address)) {
    items.push(item);
    if (items.length === limit) break;
  }
  return items;
}

/**
 * Does something with each entry, several at a time. What one of them is refused for says nothing
 * about the others.
 */
export async function eachOf<Item>(
  ctx: FedCtx,
  items: readonly Item[],
  atOnce: number,
  body: (item: Item) => Promise<unknown>,
): Promise<void> {
  const queue = items.values();
  const work = async () => {
    for (const item of queue) {
      try {
        await body(item);
      } catch (error) {
        if (!(error instanceof FederationError)) throw error;
        ctx.log.debug("an entry of a collection is passed over", {
          error: error.message,
        });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
