import { z } from "zod";
import { id, isObject, refOf, skip } from "./coercions.ts";

/** Lists of things of other servers (§2.13), paginated ones included. */

const items = z.unknown().optional().transform((value): unknown[] =>
  Array.isArray(value)
    ? value
    : value === undefined || value === null
    ? []
    : [value]
);

export const collection = z.object({
  type: z.enum([
    "Collection",
    "OrderedCollection",
    "CollectionPage",
    "OrderedCollectionPage",
  ]),
  id: skip(id),
  totalItems: skip(z.number().int().min(0).max(0x7fffffff)),
  orderedItems: items,
  items,
  /** The first page of a collection: its address, or the page itself. */
  first: z.unknown().optional(),
  /** Address of the page behind this one. */
  next: z.unknown().optional().transform((value) => refOf(value)),
}).transform(({ orderedItems, items, first, ...rest }) => ({
  ...rest,
  items: orderedItems.length > 0 ? orderedItems : items,
  first: isObject(first) ? first : refOf(first),
}));

export type Collection = z.output<typeof collection>;

/** The ids of what a collection lists, each once; entries that have none are passed over. */
export function itemIds({ items }: Pick<Collection, "items">): string[] {
  return [...new Set(items.flatMap((item) => refOf(item) ?? []))];
}
