import { z } from "zod";
import { isStorable } from "../../domain/text/rules.ts";

/**
 * Building blocks of request schemas. Unknown keys are dropped, as zod's objects do; that null
 * means "absent" and that queries write numbers as digits is settled before a schema is asked
 * (`parse.ts`).
 */

/** Text that PostgreSQL can store; no field accepts NUL or half a surrogate pair. */
export const text = z.string().refine(isStorable, {
  error: "contains NUL or a lone surrogate",
});

/** Row ids are 32-bit integers; others are refused before a query sees them. */
export const id = z.int32();

/** A 32-bit number that is no id: seconds, sizes, depths. */
export const int = z.int32();

/** Page size; its range is checked by the operation, which answers `invalid_fetch_limit`. */
export const limit = z.number().optional();

/** Unix seconds; the operation answers `invalid_unix_time` for what no calendar has. */
export const unixTime = z.number();

export const flag = z.boolean();

/** The two members that every paged list takes. */
export const page = { page_cursor: text.optional(), limit };

/** The request of endpoints that read neither query nor body. */
export const nothing = z.object({});

/** What both kinds of ban are asked for with. */
export const ban = {
  person_id: id,
  ban: flag,
  remove_or_restore_data: flag.optional(),
  reason: text,
  expires_at: unixTime.optional(),
};
