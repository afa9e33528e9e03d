import { type Ctx, query } from "../domain/context.ts";

/**
 * Id of the server with this domain (without port), which gets a row if it has none. The row's
 * place in the log of sent activities comes with it; what it runs is found out in the background.
 */
export async function ensureInstance(
  ctx: Pick<Ctx, "db">,
  domain: string,
): Promise<number> {
  const find = async () =>
    await query<{ id: number }>(
      ctx,
      "select id from instance where lower(domain) = $1",
      [domain.toLowerCase()],
    );
  const [known] = await find();
  if (known) return known.id;
  await query(
    ctx,
    "insert into instance (domain) values ($1) on conflict do nothing",
    [domain.toLowerCase()],
  );
  const [{ id }] = await find();
  return id;
}
