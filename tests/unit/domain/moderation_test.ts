import { createComment } from "../../../lib/domain/comment/create.ts";
import { deleteComment } from "../../../lib/domain/comment/edit.ts";
import { removeComment } from "../../../lib/domain/comment/moderate.ts";
import { addModToCommunity } from "../../../lib/domain/community/moderators.ts";
import type { Ctx } from "../../../lib/domain/context.ts";
import { banPerson } from "../../../lib/domain/moderation/ban.ts";
import {
  purgeComment,
  purgePost,
} from "../../../lib/domain/moderation/purge.ts";
import { createMultiCommunityEntry } from "../../../lib/domain/multi_community/entries.ts";
import { createMultiCommunity } from "../../../lib/domain/multi_community/write.ts";
import { deletePost } from "../../../lib/domain/post/edit.ts";
import { removePost } from "../../../lib/domain/post/moderate.ts";
import {
  createCommentReport,
  createPostReport,
} from "../../../lib/domain/report/create.ts";
import { resolveReport } from "../../../lib/domain/report/resolve.ts";
import { addAdmin, leaveAdmin } from "../../../lib/domain/site/admins.ts";
import { likeComment } from "../../../lib/domain/vote/comment.ts";
import { likePost } from "../../../lib/domain/vote/post.ts";
import { doBulkTasks } from "../../../lib/jobs/bulk_tasks.ts";
import { foldDeltas } from "../../../lib/jobs/fold_deltas.ts";
import type { JobContext } from "../../../lib/jobs/job.ts";
import { type Assertions, test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import {
  makePost,
  outcome,
  sharedSite,
  type Site,
  sql,
  withSettings,
} from "./support.ts";

const shared = sharedSite();
const reason = "";

/** Rows whose counters differ from what they count. */
async function wrongCounters(site: Site): Promise<unknown[]> {
  await foldDeltas(site.db);
  return await sql(
    site,
    `select 'post' as what, p.id from post p
     where p.comments <> (select count(*) from comment where post_id = p.id and not (deleted or removed))
       or p.report_count <> (select count(*) from report where post_id = p.id and comment_id is null)
       or p.unresolved_report_count <> (select count(*) from report
         where post_id = p.id and comment_id is null and not resolved and not violates_instance_rules)
     union all
     select 'comment', m.id from comment m
     where m.report_count <> (select count(*) from report where comment_id = m.id)
       or m.unresolved_report_count <> (select count(*) from report
         where comment_id = m.id and not resolved and not violates_instance_rules)
     union all
     select 'person', u.id from person u
     where u.post_count <> (select count(*) from post where creator_id = u.id and not (deleted or removed))
       or u.comment_count <> (select count(*) from comment where creator_id = u.id and not (deleted or removed))
     union all
     select 'community', c.id from community c
     where c.posts <> (select count(*) from post where community_id = c.id and not (deleted or removed))
       or c.comments <> (select coalesce(sum(comments), 0) from post
         where community_id = c.id and not (deleted or removed))
     union all
     select 'modlog', l.id from modlog l
     where l.child_count <> (select count(*) from modlog where bulk_action_parent_id = l.id)`,
  );
}

test("moderators and users act on one thread at once, and all counts stay right", async (t: Assertions) => {
  const site = await shared();
  const ann = await site.signUp("ann");
  const bea = await site.signUp("bea");
  const community = await makeCommunity(site.admin, "rush");
  for (let round = 0; round < 8; round++) {
    const post_id = await makePost(ann, community);
    const { comment } = await createComment(bea, { post_id, content: "one" });
    const below = { post_id, parent_id: comment.id };
    const child = await createComment(ann, { ...below, content: "two" });
    const comment_id = comment.id;
    const outcomes = await Promise.all([
      outcome(removePost(site.admin, {
        post_id,
        removed: true,
        reason,
        remove_children: round % 2 === 0,
      })),
      outcome(createComment(ann, { ...below, content: "three" })),
      outcome(likeComment(ann, { comment_id, is_upvote: true })),
      outcome(likePost(bea, { post_id, is_upvote: false })),
      outcome(deletePost(ann, { post_id, deleted: true })),
      outcome(deleteComment(bea, { comment_id, deleted: true })),
      outcome(removeComment(site.admin, {
        comment_id,
        removed: true,
        reason,
        remove_children: true,
      })),
      outcome(createCommentReport(ann, { comment_id, reason: "x" })),
      outcome(createPostReport(bea, { post_id, reason: "x" })),
      outcome(purgeComment(site.admin, {
        comment_id: child.comment.id,
        reason,
      })),
    ]);
    const allowed = ["ok", "deleted", "not_found", "couldnt_update"];
    for (const code of outcomes) t.ok(allowed.includes(code), code);
  }
  t.equal(await wrongCounters(site), []);
});

test("a purge takes the counts with it, in whatever state the items were", async (t: Assertions) => {
  const site = await shared();
  const cid = await site.signUp("cid");
  const community = await makeCommunity(site.admin, "purged");
  const post_id = await makePost(cid, community);
  const kept = await makePost(cid, community);
  const { comment } = await createComment(cid, { post_id, content: "one" });
  const gone = await createComment(cid, { post_id, content: "two" });
  await deleteComment(cid, { comment_id: gone.comment.id, deleted: true });
  const view = await createPostReport(site.admin, { post_id, reason: "x" });
  await createCommentReport(site.admin, {
    comment_id: comment.id,
    reason: "x",
  });
  await resolveReport(site.admin, "post", {
    report_id: view.post_report.id,
    resolved: true,
  });
  t.equal(await wrongCounters(site), []);
  await purgePost(site.admin, { post_id, reason });
  t.equal(await wrongCounters(site), []);
  t.equal(
    await sql(
      site,
      "select id from post where community_id = $1::int4",
      community,
    ),
    [{ id: kept }],
  );
});

test("a removal of everything is resumed where it was broken off, each item once", async (t: Assertions) => {
  const site = await shared();
  const dan = await site.signUp("dan");
  const eve = await site.signUp("eve");
  const community = await makeCommunity(site.admin, "spammed");
  const person_id = dan.viewer!.person.id;
  const post_id = await makePost(eve, community);
  await sql(
    site,
    `insert into post (name, creator_id, community_id, ap_id)
     select 'spam ' || n, $1::int4, $2::int4, 'https://x/spam/' || n from generate_series(1, 700) n`,
    person_id,
    community,
  );
  await createComment(dan, { post_id, content: "spam" });
  await likePost(dan, { post_id, is_upvote: false });
  await banPerson(site.admin, {
    person_id,
    ban: true,
    reason: "spam",
    remove_or_restore_data: true,
  });
  const job = (): JobContext => ({
    db: site.db,
    config: dan.config,
    log: dan.log,
    now: new Date(),
  } as JobContext);
  let batches = 0;
  // Broken off after each batch, as by a restart.
  while ((await sql(site, "select from bulk_task")).length > 0) {
    let asked = 0;
    await doBulkTasks(job(), () => asked++ > 0);
    batches++;
    t.ok(batches < 50);
  }
  t.ok(batches > 6, "several batches");
  const [state] = await sql(
    site,
    `select (select count(*)::int4 from post where creator_id = $1::int4 and not removed) as posts,
       (select count(*)::int4 from comment where creator_id = $1 and not removed) as comments,
       (select count(*)::int4 from post_actions where person_id = $1 and voted_at is not null) as votes,
       (select child_count from modlog where kind = 'admin_ban') as children,
       (select count(distinct target_post_id)::int4 from modlog where kind = 'mod_remove_post'
         and bulk_action_parent_id is not null) as entries`,
    person_id,
  );
  t.equal(state, {
    posts: 0,
    comments: 0,
    votes: 0,
    children: 701,
    entries: 700,
  });
  t.equal(await wrongCounters(site), []);
  const totals = await sql<{ upvotes: number; downvotes: number }>(
    site,
    `select upvotes, downvotes from person_actions
     where person_id = $1::int4 and target_id = $2::int4`,
    person_id,
    eve.viewer!.person.id,
  );
  t.equal(totals, [{ upvotes: 0, downvotes: 0 }]);
});

test("a bulk task that fails waits, and holds up nobody else", async (t: Assertions) => {
  const site = await shared();
  const ian = await site.signUp("ian");
  const joe = await site.signUp("joe");
  const community = await makeCommunity(site.admin, "stuck");
  const posts = [
    await makePost(ian, community),
    await makePost(joe, community),
  ];
  for (const ctx of [ian, joe]) {
    await banPerson(site.admin, {
      person_id: ctx.viewer!.person.id,
      ban: true,
      reason,
      remove_or_restore_data: true,
    });
  }
  await sql(
    site,
    `alter table post add constraint stuck check (id <> ${
      posts[0]
    } or not removed)`,
  );
  const logged: string[] = [];
  const now = new Date();
  const job = {
    db: site.db,
    config: ian.config,
    log: { error: (text: string) => logged.push(text) },
    now,
  } as unknown as JobContext;
  await doBulkTasks(job);
  const removed = async () =>
    (await sql<{ removed: boolean }>(
      site,
      "select removed from post where id = any($1::int4[]) order by id",
      posts,
    )).map((row) => row.removed);
  t.equal(await removed(), [false, true]);
  t.equal(logged, ["a bulk task failed"]);
  await sql(site, "alter table post drop constraint stuck");
  await doBulkTasks(job);
  t.equal(await removed(), [false, true], "its time has not come");
  await doBulkTasks({ ...job, now: new Date(now.getTime() + 60_000) });
  t.equal(await removed(), [true, true]);
  t.equal(await sql(site, "select id from bulk_task"), []);

  // Broken off for another transaction's sake, as PostgreSQL ends a deadlock.
  await sql(site, "create sequence broken_off");
  await sql(
    site,
    `create function break_off() returns trigger language plpgsql as $$
     begin
       if nextval('broken_off') = 1 then raise exception using errcode = '40P01'; end if;
       return new;
     end $$`,
  );
  await sql(
    site,
    `create trigger break_off before update on post for each row
     when (old.id = ${posts[0]}) execute function break_off()`,
  );
  await banPerson(site.admin, {
    person_id: ian.viewer!.person.id,
    ban: false,
    reason,
    remove_or_restore_data: true,
  });
  await doBulkTasks(job);
  await sql(site, "drop trigger break_off on post");
  t.equal(await removed(), [false, true], "begun anew at once");
  t.equal(logged.length, 1, "and not told as a failure");
});

test("the last moderator and the last admin stay, also when two leave at once", async (t: Assertions) => {
  const site = await shared();
  const fox = await site.signUp("fox");
  const gil = await site.signUp("gil");
  const community_id = await makeCommunity(fox, "shared");
  const id = (ctx: Ctx) => ctx.viewer!.person.id;
  await addModToCommunity(fox, {
    community_id,
    person_id: id(gil),
    added: true,
  });
  const leave = (ctx: Ctx) =>
    outcome(addModToCommunity(ctx, {
      community_id,
      person_id: id(ctx),
      added: false,
    }));
  const mods = await Promise.all([leave(fox), leave(gil)]);
  t.equal(mods.sort(), ["cannot_leave_mod", "ok"]);
  await addAdmin(site.admin, { person_id: id(fox), added: true });
  const admins = await Promise.all([
    outcome(leaveAdmin(site.admin)),
    outcome(leaveAdmin(withSettings(fox, { admin: true }))),
  ]);
  t.equal(admins.sort(), ["cannot_leave_admin", "ok"]);
  await sql(
    site,
    "update local_user set admin = person_id = $1::int4",
    id(site.admin),
  );
});

test("limits hold when two requests come at once", async (t: Assertions) => {
  const site = await shared();
  const hal = await site.signUp("hal");
  const { multi } = await createMultiCommunity(hal, { name: "full" });
  const [one, two] = [
    await makeCommunity(site.admin, "one"),
    await makeCommunity(site.admin, "two"),
  ];
  await sql(
    site,
    `with many as (
       insert into community (name, ap_id, public_key, inbox_url, instance_id)
       select 'many' || n, 'https://x/c/many' || n, 'key', 'https://x/inbox', $2::int4
       from generate_series(1, 49) n returning id)
     insert into multi_community_entry select $1::int4, id from many`,
    multi.id,
    site.admin.site.instance.id,
  );
  const enter = (community_id: number) =>
    outcome(createMultiCommunityEntry(hal, { id: multi.id, community_id }));
  t.equal(
    (await Promise.all([enter(one), enter(two)])).sort(),
    ["multi_community_entry_limit_reached", "ok"],
  );
  const post_id = await makePost(site.admin, one);
  const report = () => outcome(createPostReport(hal, { post_id, reason: "x" }));
  t.equal(
    (await Promise.all([report(), report()])).sort(),
    ["couldnt_create", "ok"],
  );
  t.equal(await wrongCounters(site), []);
});
