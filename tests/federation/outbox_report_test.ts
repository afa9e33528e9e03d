/** Where reports and their resolution are sent (federation §3.12). */
import { recordEvent } from "../../lib/domain/event/record.ts";
import {
  createCommunityReport,
  createPostReport,
} from "../../lib/domain/report/create.ts";
import { resolveReport } from "../../lib/domain/report/resolve.ts";
import { test } from "../harness.ts";
import {
  addRemoteSite,
  B,
  ELSEWHERE,
  inWords,
  recordedShape,
  shapeOf,
  sharedOutboxWithFarSite,
} from "../support/outbox.ts";
import { remoteInstance, remotePost, sql } from "../unit/domain/support.ts";

type Json = Record<string, unknown>;

const prepared = sharedOutboxWithFarSite();

test("reports of posts go to the community elsewhere, and those of this site's rules nowhere", async (t) => {
  const { s, outbox, ann, far } = await prepared();
  const other = await remoteInstance(s, "other.test");
  await addRemoteSite(s, other.instance);
  const make = () =>
    remotePost(s, {
      name: "There",
      creator_id: other.person,
      community_id: far.community,
    });
  const [post_id, second] = [await make(), await make()];
  let report_id = 0;
  const rows = await outbox.sentBy(async () => {
    const view = await createPostReport(ann, { post_id, reason: "spam" });
    report_id = view.post_report.id;
    await createPostReport(ann, {
      post_id: second,
      reason: "illegal here",
      violates_instance_rules: true,
    });
  });
  t.equal(rows.map(inWords), ["Flag by /u/ann to far.test, secret"]);
  const { json } = rows[0];
  t.equal(shapeOf(json), recordedShape("community/report_page"));
  t.equal([json.to, json.audience, json.summary], [
    [ELSEWHERE],
    ELSEWHERE,
    "spam",
  ]);
  const resolved = await outbox.sentBy(async () => {
    await resolveReport(s.admin, "post", { report_id, resolved: true });
    await resolveReport(s.admin, "post", { report_id, resolved: false });
  });
  t.equal(resolved.map(inWords), [
    "Resolve(Flag) by /u/admin to far.test, secret",
  ]);
  const flag = resolved[0].json.object as Json;
  t.equal([flag.actor, "summary" in flag], [`${B}/u/ann`, false]);
  t.equal(resolved[0].json.to, [ELSEWHERE]);
});

test("reports in a community here go to its moderators elsewhere and to the author's server", async (t) => {
  const { s, outbox, ann, cats, far } = await prepared();
  const [{ id: other }] = await sql<{ id: number }>(
    s,
    "select id from person where ap_id = 'https://other.test/u/somebody'",
  );
  await sql(
    s,
    `insert into community_actions (person_id, community_id, became_moderator_at)
     values ($1::int4, $2::int4, now() + interval '1 minute')`,
    far.person,
    cats,
  );
  const post_id = await remotePost(s, {
    name: "Here",
    creator_id: other,
    community_id: cats,
  });
  const [flag] = await outbox.sentBy(() =>
    createPostReport(ann, { post_id, reason: "spam" })
  );
  t.equal(inWords(flag), "Flag by /u/ann to far.test other.test, secret");
  t.ok(flag.send_inboxes.includes("https://other.test/site_inbox"));

  const forwarded = await outbox.sentBy(() =>
    recordEvent({ ...s.admin, viewer: null }, {
      kind: "report_received",
      community_id: cats,
      data: {
        activity: { ...flag.json, id: "https://x.test/1", extra: { kept: 1 } },
        reporter_instance_id: far.instance,
        author_instance_id: null,
      },
    })
  );
  t.equal(forwarded.map(inWords), [
    "Announce(Flag) by /c/cats to far.test far.test, secret",
  ]);
  t.equal((forwarded[0].json.object as Json).extra, { kept: 1 });

  const [report] = await outbox.sentBy(() =>
    createCommunityReport(ann, { community_id: far.community, reason: "bad" })
  );
  t.equal(report.send_inboxes, ["https://far.test/site_inbox"]);
  t.equal([report.json.to, report.json.object, "audience" in report.json], [
    ["https://far.test/"],
    ELSEWHERE,
    false,
  ]);
  const here = await outbox.sentBy(() =>
    createCommunityReport(ann, { community_id: cats, reason: "bad" })
  );
  t.equal(here, []);
});
