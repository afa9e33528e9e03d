import type { CommunityVisibility } from "../../lib/domain/views.ts";
import {
  isModerator,
  requireAccepts,
  requireAlive,
  requireAudience,
  requireMember,
  requireModerator,
  requirePerson,
  requirePersonHere,
  requirePersonInCommunity,
  requireVisible,
} from "../../lib/federation/checks.ts";
import {
  type FedCtx,
  federationContext,
} from "../../lib/federation/context.ts";
import {
  lookUpCommunity,
  lookUpPerson,
  type ResolvedCommunity,
  type ResolvedPerson,
} from "../../lib/federation/lookup.ts";
import { test } from "../harness.ts";
import { makeCommunity } from "../support/domain.ts";
import {
  outcome,
  remoteInstance,
  sharedSite,
  type Site,
  sql,
} from "../unit/domain/support.ts";

/** The named checks that activities of other servers have to pass (federation §3.1). */

const site = sharedSite();
let numbers = 0;

interface Scene {
  of: Site;
  ctx: FedCtx;
  /** Somebody of another server. */
  person: ResolvedPerson;
  /** A community of a third one. */
  community: ResolvedCommunity;
  home: number;
  host: number;
}

/** Fresh people and places, so that no row of a table disturbs another one. */
async function scene(): Promise<Scene> {
  const of = await site();
  const number = ++numbers;
  const home = await remoteInstance(of, `home${number}.test`);
  const host = await remoteInstance(of, `host${number}.test`);
  const person = await lookUpPerson(
    of,
    `https://home${number}.test/u/somebody`,
  );
  const community = await lookUpCommunity(
    of,
    `https://host${number}.test/c/elsewhere`,
  );
  return {
    of,
    ctx: federationContext(await of.anonymous()),
    person: person!,
    community: community!,
    home: home.instance,
    host: host.instance,
  };
}

/** "ok", or the code of the refusal. */
const verdict = (check: () => unknown) =>
  outcome((async () => await check())());

async function ban(
  { of, person }: Scene,
  instance: number,
  expires = "'infinity'",
) {
  await sql(
    of,
    `insert into instance_actions (person_id, instance_id, received_ban_at, ban_expires_at)
     values ($1::int4, $2::int4, now(), ${expires})`,
    person.id,
    instance,
  );
}

async function inCommunity(
  { of, person, community }: Scene,
  column: string,
  expires = "null",
) {
  await sql(
    of,
    `insert into community_actions (person_id, community_id, ${column}, ban_expires_at)
     values ($1::int4, $2::int4, now(), ${expires})
     on conflict (person_id, community_id) do update set ${column} = excluded.${column},
       ban_expires_at = excluded.ban_expires_at`,
    person.id,
    community.id,
  );
}

const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

test("AUD takes the community's own address in any notation, and no audience at all", async (t) => {
  const community = { ap_id: "https://host.test/c/birds" };
  const rows: [string | undefined, string][] = [
    [undefined, "ok"],
    ["https://host.test/c/birds", "ok"],
    ["https://HOST.test:443/c/birds", "ok"],
    ["https://host.test/c/Birds", "wrong_audience"],
    ["https://host.test/c/birds/", "wrong_audience"],
    ["https://other.test/c/birds", "wrong_audience"],
  ];
  for (const [audience, code] of rows) {
    t.equal(
      await verdict(() => requireAudience(audience, community)),
      code,
      String(audience),
    );
  }
});

test("VIS wants the public where a community is public, and only there", async (t) => {
  const rows: [CommunityVisibility, string, string][] = [
    ["public", "ok", "object_is_not_public"],
    ["unlisted", "ok", "object_is_not_public"],
    ["private", "object_is_not_private", "ok"],
    ["local_only_public", "not_found", "not_found"],
    ["local_only_private", "not_found", "not_found"],
  ];
  const id = "https://host.test/c/birds";
  for (const [visibility, toEverybody, toMembers] of rows) {
    const seen = (to: string[], cc: string[]) =>
      verdict(() => requireVisible({ visibility }, to, cc));
    t.equal(await seen([id, PUBLIC], []), toEverybody, visibility);
    t.equal(await seen([`${id}/followers`], [PUBLIC]), toEverybody, visibility);
    t.equal(await seen([id], [`${id}/followers`]), toMembers, visibility);
    t.equal(await seen([], []), toMembers, visibility);
  }
  t.equal(
    await verdict(() =>
      requireVisible({ visibility: "public" }, [id], [], {
        visibility: "private",
      })
    ),
    "ok",
    "by what it is being changed to",
  );
});

test("ALIVE refuses communities that are deleted or removed", async (t) => {
  for (const deleted of [false, true]) {
    for (const removed of [false, true]) {
      t.equal(
        await verdict(() => requireAlive({ deleted, removed })),
        deleted || removed ? "deleted" : "ok",
      );
    }
  }
});

test("the checks of persons look at the bans that each of them is about", async (t) => {
  const verdicts = async (s: Scene) => ({
    person: await verdict(() => requirePerson(s.ctx, s.person.ap_id)),
    here: await verdict(() => requirePersonHere(s.ctx, s.person.ap_id)),
    inCommunity: await verdict(() =>
      requirePersonInCommunity(s.ctx, s.person, s.community)
    ),
  });
  const rows: {
    name: string;
    prepare: (s: Scene) => Promise<unknown>;
    refused: Partial<Awaited<ReturnType<typeof verdicts>>>;
  }[] = [
    { name: "nobody", prepare: async () => {}, refused: {} },
    {
      name: "the home server",
      prepare: (s) => ban(s, s.home),
      refused: {
        person: "site_ban",
        here: "site_ban",
        inCommunity: "site_ban",
      },
    },
    {
      name: "this site",
      prepare: (s) => ban(s, s.ctx.site.instance.id),
      refused: { here: "site_ban" },
    },
    {
      name: "the community's server",
      prepare: (s) => ban(s, s.host),
      refused: { inCommunity: "site_ban" },
    },
    {
      name: "the community",
      prepare: (s) => inCommunity(s, "received_ban_at"),
      refused: { inCommunity: "person_is_banned_from_community" },
    },
    {
      name: "the home server, for a time that is over",
      prepare: (s) => ban(s, s.home, "now() - interval '1 minute'"),
      refused: {},
    },
    {
      name: "the community, for a time that is over",
      prepare: (s) =>
        inCommunity(s, "received_ban_at", "now() - interval '1 minute'"),
      refused: {},
    },
    {
      name: "the community, for a time to come",
      prepare: (s) =>
        inCommunity(s, "received_ban_at", "now() + interval '1 minute'"),
      refused: { inCommunity: "person_is_banned_from_community" },
    },
  ];
  for (const { name, prepare, refused } of rows) {
    const s = await scene();
    await prepare(s);
    t.equal(
      await verdicts(s),
      { person: "ok", here: "ok", inCommunity: "ok", ...refused },
      `banned by ${name}`,
    );
  }
  const gone = await scene();
  await sql(
    gone.of,
    "update person set deleted = true where id = $1::int4",
    gone.person.id,
  );
  t.equal(
    await verdict(() => requirePerson(gone.ctx, gone.person.ap_id)),
    "deleted",
  );
});

test("MOD trusts the community's server, the object's for what is its own, and who moderates here", async (t) => {
  const s = await scene();
  const { ctx, community, person } = s;
  const { host } = new URL(community.ap_id);
  const stranger = "https://stranger.test/u/x";
  const own = "https://stranger.test/post/1";
  const rows: [string, string | null, boolean, boolean, string][] = [
    [`https://${host}/u/any`, null, false, true, "of the community's server"],
    [stranger, own, true, true, "of the object's server"],
    [stranger, own, false, false, "where rule 2 does not hold"],
    [stranger, "https://other.test/post/1", true, false, "of neither"],
    [stranger, null, true, false, "without an object"],
    [`https://${host}.evil.test/u/x`, null, true, false, "of a longer name"],
    [person.ap_id, null, true, false, "not appointed"],
    ["no address", own, true, false, "no address"],
  ];
  for (const [actor, object, rule2, may, name] of rows) {
    t.equal(
      await isModerator(ctx, actor, object, community, { rule2 }),
      may,
      name,
    );
    t.equal(
      await verdict(() =>
        requireModerator(ctx, actor, object, community, { rule2 })
      ),
      may ? "ok" : "not_a_mod_or_admin",
      name,
    );
  }
  const may = () =>
    isModerator(ctx, person.ap_id, null, community, { rule2: false });
  await inCommunity(s, "became_moderator_at");
  t.equal(await may(), true, "appointed");
  await ban(s, s.home);
  t.equal(await may(), true, "bans of sites do not count");
  await inCommunity(s, "received_ban_at");
  t.equal(await may(), false, "banned from the community");
  t.equal(
    await isModerator(
      ctx,
      s.of.admin.viewer!.person.ap_id,
      null,
      community,
      { rule2: false },
    ),
    true,
    "an admin of this site",
  );
});

test("a private community of this site takes from accepted followers and moderators only", async (t) => {
  const { of } = await scene();
  const rows: [CommunityVisibility, string | null, string][] = [
    ["public", null, "ok"],
    ["private", null, "not_found"],
    ["private", "approval_required", "not_found"],
    ["private", "denied", "not_found"],
    ["private", "accepted", "ok"],
    ["private", "moderator", "ok"],
  ];
  for (const [visibility, state, code] of rows) {
    const { ctx, person } = await scene();
    const id = await makeCommunity(of.admin, `club${numbers}`, { visibility });
    if (state !== null) {
      const moderator = state === "moderator";
      await sql(
        of,
        `insert into community_actions (person_id, community_id, followed_at, follow_state,
           became_moderator_at)
         values ($1::int4, $2::int4, $3::timestamptz, $4, $5::timestamptz)`,
        person.id,
        id,
        moderator ? null : "now",
        moderator ? null : state,
        moderator ? "now" : null,
      );
    }
    t.equal(
      await verdict(() =>
        requireMember(ctx, person, { id, local: true, visibility })
      ),
      code,
      `${visibility} ${state}`,
    );
  }
  const far = await scene();
  t.equal(
    await verdict(() =>
      requireMember(far.ctx, far.person, {
        ...far.community,
        visibility: "private",
      })
    ),
    "ok",
    "the home of a private community sees to that itself",
  );
});

test("ACCEPT takes what somebody of this site has asked for", async (t) => {
  const of = await site();
  const me = of.admin.viewer!.person.id;
  const follow = (s: Scene, person: number, state: string) =>
    sql(
      of,
      `insert into community_actions (person_id, community_id, followed_at, follow_state)
       values ($1::int4, $2::int4, now(), $3)`,
      person,
      s.community.id,
      state,
    );
  const post = (s: Scene, creator: number, local: boolean) =>
    sql(
      of,
      `insert into post (name, creator_id, community_id, ap_id, local)
       values ('A post', $1::int4, $2::int4, 'https://x.test/' || gen_random_uuid(), $3::boolean)`,
      creator,
      s.community.id,
      local,
    );
  const none = "community_has_no_followers";
  const rows: [string, string, (s: Scene) => Promise<unknown>][] = [
    ["nobody", none, async () => {}],
    ["a follower here", "ok", (s) => follow(s, me, "accepted")],
    ["one who waits", "ok", (s) => follow(s, me, "pending")],
    ["a follower elsewhere", none, (s) => follow(s, s.person.id, "accepted")],
    ["a post from here", "ok", (s) => post(s, me, true)],
    ["a post from elsewhere", none, (s) => post(s, s.person.id, false)],
  ];
  for (const [name, code, prepare] of rows) {
    const s = await scene();
    await prepare(s);
    t.equal(
      await verdict(() => requireAccepts(s.ctx, s.community)),
      code,
      name,
    );
  }
  const { ctx, community } = await scene();
  for (
    const visibility of ["local_only_public", "local_only_private"] as const
  ) {
    t.equal(
      await verdict(() =>
        requireAccepts(ctx, { ...community, local: true, visibility })
      ),
      "not_found",
    );
  }
  t.equal(
    await verdict(() => requireAccepts(ctx, { ...community, local: true })),
    "ok",
    "a community of this site",
  );
});
