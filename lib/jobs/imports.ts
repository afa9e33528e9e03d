import { query } from "../domain/context.ts";
import type { EventReaction } from "./event_consumer.ts";

/** Wants what imported files name, and the site did not know, to be fetched. */
export const FETCH_IMPORTS: EventReaction = {
  name: "imports",
  kinds: ["settings_imported"],
  async handle(ctx, events) {
    for (const { person_id, data } of events) {
      await query(
        ctx,
        `insert into import_fetch (person_id, list, entry)
         select p.id, list.name, entry
         from person p, jsonb_each($2::jsonb) as list (name, entries),
           jsonb_array_elements_text(list.entries) as entry
         where p.id = $1::int4 and p.local
         on conflict (person_id, list, entry) do update set attempts = 0, due_at = now()`,
        [person_id, data],
      );
    }
  },
};
