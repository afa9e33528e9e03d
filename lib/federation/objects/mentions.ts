import { type Ctx, query } from "../../domain/context.ts";
import { extractMentions } from "../../domain/text/mentions.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { hostOf } from "../ids.ts";
import { resolveName } from "../resolve_actor.ts";
import type { Json } from "./send.ts";

/** Somebody whom an object mentions, and is therefore sent to. */
export interface Mentioned {
  ap_id: string;
  /** `@name@host`. */
  handle: string;
}

/** Further mentions in one text are not looked up. */
const MAX_MENTIONS = 50;
/** Persons looked up at once. */
const AT_ONCE = 10;

/**
 * Names of persons elsewhere that a text mentions as `@name@host`, in its order.
 */
export function mentionedNames(
  { config }: Pick<Ctx, "config">,
  markdown: string,
): { name: string; host: string }[] {
  return extractMentions(markdown)
    .filter(({ host }) => host !== config.hostname.toLowerCase())
    .slice(0, MAX_MENTIONS);
}

/**
 * The persons elsewhere that a text mentions, in its order, as far as they are known here:
 * `learnMentions` makes them known beforehand.
 */
export async function mentionedPersons(
  ctx: Ctx,
  markdown: string,
): Promise<Mentioned[]> {
  const names = mentionedNames(ctx, markdown);
  if (names.length === 0) return [];
  const rows = await query<{ position: number; ap_id: string }>(
    ctx,
    `select distinct on (list.position) list.position::int4, p.ap_id
     from unnest($1::text[], $2::text[]) with ordinality as list (name, domain, position)
     join instance i on lower(i.domain) = list.domain
     join person p on p.instance_id = i.id and lower(p.name) = lower(list.name)
     where not p.deleted and not p.local order by list.position, p.id desc`,
    [
      names.map(({ name }) => name),
      names.map(({ host }) => host.replace(/:\d+$/, "")),
    ],
  );
  return rows.map(({ position, ap_id }) => {
    const { name, host } = names[position - 1];
    return { ap_id, handle: `@${name}@${host}` };
  });
}

/** Somebody of whom the id is known: the host goes without its port. */
export function mentionedActor(
  actor: { ap_id: string; name: string },
): Mentioned {
  return {
    ap_id: actor.ap_id,
    handle: `@${actor.name}@${hostOf(actor.ap_id)}`,
  };
}

/** The `tag` entries, each person once. */
export function mentionTags(mentioned: readonly Mentioned[]): Json[] {
  const first = new Map<string, string>();
  for (const { ap_id, handle } of mentioned) {
    if (!first.has(ap_id)) first.set(ap_id, handle);
  }
  return [...first].map(([href, name]) => ({ type: "Mention", href, name }));
}

/**
 * Makes the persons known that a text mentions, so that `mentionedPersons` finds them; those who
 * cannot be found are passed over. Not in a transaction.
 */
export async function learnMentions(
  ctx: FedCtx,
  markdown: string,
): Promise<void> {
  const known = await mentionedPersons(ctx, markdown);
  const handles = new Set(known.map(({ handle }) => handle));
  const unknown = mentionedNames(ctx, markdown).filter(({ name, host }) =>
    !handles.has(`@${name}@${host}`)
  );
  for (let start = 0; start < unknown.length; start += AT_ONCE) {
    await Promise.all(
      unknown.slice(start, start + AT_ONCE).map((name) =>
        learnPerson(ctx, name)
      ),
    );
  }
}

async function learnPerson(
  ctx: FedCtx,
  { name, host }: { name: string; host: string },
): Promise<void> {
  try {
    await resolveName(ctx, { name, host }, { kind: "person", only: true });
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    ctx.log.debug("nobody of this name is found", { name, host });
  }
}
