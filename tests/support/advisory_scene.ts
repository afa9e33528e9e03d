import { ok } from "../clients/api_server.ts";
import { type Json, startTarget, type Target } from "./hostile_inbox.ts";
import { until } from "./until.ts";

/** A target with what attackers go for. */
export async function scene() {
  const target = await startTarget();
  const { site, far, near, cats, mia } = target;
  const { sql } = site.database;
  const { admin } = site as typeof site & {
    admin: ReturnType<typeof site.client>;
  };
  const guest = near.person("guest");
  const leo = far.person("leo");
  const dogs = far.group("dogs");
  const birds = near.group("birds");
  for (
    const [server, person] of [[far, mia], [far, leo], [near, guest]] as const
  ) {
    await server.deliver(server.activity("Follow", person, cats));
  }
  // Followed here, so that they are heard; only the first has answered.
  for (const [server, group] of [[far, dogs], [near, birds]] as const) {
    await server.deliver(server.announce(group, {}));
    const [{ id }] = await sql`select id from community where ap_id = ${group}`;
    await ok(admin.followCommunity({ community_id: id, follow: true }));
  }
  const asked = await until(
    () =>
      far.received.find(({ type, object }) =>
        type === "Follow" && object === dogs
      ),
    (follow) => follow !== undefined,
  );
  await target.attack(far.activity("Accept", dogs, asked));
  // A post and a comment of the victim, in our community.
  const page = near.page(guest, cats, { name: "The victim's post" });
  await near.deliver(near.activity("Create", guest, page, cats));
  const miasPage = far.page(mia, cats, { name: "Another post" });
  await target.attack(far.activity("Create", mia, miasPage, cats));
  await until(
    () => sql`select from post where ap_id = ${String(page.id)}`,
    (rows) => rows.length === 1,
  );
  await near.deliver(near.activity("Like", guest, target.post));
  await target.attack(far.activity("Like", leo, target.post));
  const [{ id: dogsId }] = await sql`
    select id from community where ap_id = ${dogs}`;
  const { post_view: { post: abroad } } = await ok(
    admin.createPost({ name: "A dog", community_id: dogsId }),
  );
  await site.signUp("lou");
  const [{ id: lou }] = await sql`select id from person where name = 'lou'`;
  const { private_message_view: { private_message } } = await ok(
    admin.createPrivateMessage({ content: "between us", recipient_id: lou }),
  );
  const pending = await until(
    () =>
      near.received.find(({ type, object }) =>
        type === "Follow" && object === birds
      ),
    (follow) => follow !== undefined,
  );
  return {
    ...target,
    admin,
    guest,
    leo,
    dogs,
    birds,
    page,
    miasPage,
    pending,
    /** A post of ours in a community elsewhere. */
    abroad: abroad.ap_id,
    message: private_message.ap_id,
    sql,
  };
}

/** As `scene` starts it. */
export type Scene = Awaited<ReturnType<typeof scene>>;

/** All that the attacks are after. */
export async function standing({ sql, stock }: Scene): Promise<Json> {
  const persons =
    await sql`select name, deleted, md5(public_key) as key from person order by id`;
  const groups =
    await sql`select name, deleted, removed, md5(public_key) as key from community order by id`;
  const follows =
    await sql`select person_id, community_id, follow_state, received_ban_at
    from community_actions order by 1, 2`;
  const reports = await sql`select from report`;
  return {
    ...await stock(),
    persons: [...persons],
    groups: [...groups],
    follows: [...follows],
    reports: reports.length,
  };
}

/** What was published, what the attacker does, and what he is told. */
export type Row = [
  advisory: string,
  attack: () => Json | Promise<string>,
  verdict: string,
];

/** Tries all rows, and says of each that went otherwise how. */
export async function surprises(
  { attack }: Target,
  rows: readonly Row[],
): Promise<string[]> {
  const found: string[] = [];
  for (const [advisory, make, verdict] of rows) {
    const made = make();
    const given = made instanceof Promise
      ? await made
      : (await attack(made)).verdict;
    if (!given.startsWith(verdict)) {
      found.push(`${advisory}: ${given.slice(0, 200)}`);
    }
  }
  return found;
}
