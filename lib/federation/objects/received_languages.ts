import { type Ctx, query } from "../../domain/context.ts";

/** Replaces the languages of a community or another site; none stands for all. */
export async function setReceivedLanguages(
  ctx: Pick<Ctx, "db">,
  kind: "community" | "site",
  id: number,
  codes: readonly string[],
): Promise<void> {
  const wanted = `select id from language
    where code = any($2::text[]) or not exists (select from language where code = any($2))`;
  await query(
    ctx,
    `delete from ${kind}_language where ${kind}_id = $1::int4 and language_id not in (${wanted})`,
    [id, codes],
  );
  await query(
    ctx,
    `insert into ${kind}_language (${kind}_id, language_id)
     select $1::int4, id from (${wanted}) l on conflict do nothing`,
    [id, codes],
  );
}

/** Id of a language by its code; undetermined for none and for unknown ones (§2.3). */
export async function languageId(
  ctx: Pick<Ctx, "db">,
  code: string | undefined,
): Promise<number> {
  if (code === undefined) return 0;
  const [row] = await query<{ id: number }>(
    ctx,
    "select id from language where code = $1",
    [code],
  );
  return row?.id ?? 0;
}
