import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireAdmin } from "../permissions.ts";
import { pipelineInput } from "../text_input.ts";
import type { Tagline } from "../views.ts";
import { readTaglines } from "./list.ts";

/** Adds a tagline, of any length. @throws LemmyError `not_an_admin`, `blocked_url` */
export async function createTagline(
  ctx: Ctx,
  input: { content: string },
): Promise<Tagline> {
  requireAdmin(ctx);
  return await write(
    ctx,
    input.content,
    `insert into tagline (content, published_at) values ($1, $2::timestamptz) returning id`,
    [],
    "couldnt_create",
  );
}

/** Changes a tagline. @throws LemmyError `not_an_admin`, `couldnt_update` for an unknown one */
export async function editTagline(
  ctx: Ctx,
  input: { id: number; content: string },
): Promise<Tagline> {
  requireAdmin(ctx);
  return await write(
    ctx,
    input.content,
    `update tagline set content = $1, updated_at = $2::timestamptz where id = $3::int4
     returning id`,
    [input.id],
    "couldnt_update",
  );
}

/** Removes a tagline; that there is none of this id is no error. */
export async function deleteTagline(
  ctx: Ctx,
  input: { id: number },
): Promise<void> {
  requireAdmin(ctx);
  await query(ctx, "delete from tagline where id = $1::int4", [input.id]);
  ctx.siteChanged();
}

async function write(
  ctx: Ctx,
  text: string,
  statement: string,
  parameters: readonly unknown[],
  failure: string,
): Promise<Tagline> {
  const content = pipelineInput(ctx, text, "content", Infinity);
  const tagline = await inTransaction(ctx, async (ctx) => {
    const rows = await query<{ id: number }>(ctx, statement, [
      content,
      ctx.now.toISOString(),
      ...parameters,
    ]);
    if (rows.length === 0) throw new LemmyError(failure);
    const [tagline] = await readTaglines(ctx, [rows[0].id]);
    return tagline;
  });
  ctx.siteChanged();
  return tagline;
}
