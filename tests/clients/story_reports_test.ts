/** Reports: who may make them, who sees them, who settles them. Told by the official client. */
import type { LemmyHttp, ReportCombinedView } from "lemmy-js-client";
import { test } from "../harness.ts";
import { codeOf, idOf, ok } from "./api_server.ts";
import { letters, stage } from "./stage.ts";

/** The scene of `stage`, with carol, who has nothing to do with it. */
async function scene() {
  const s = await stage();
  const carol = s.server.client(await s.server.signUp("carol"));
  return { ...s, carol };
}

/** Types and reasons of what the caller sees. */
async function seen(
  caller: LemmyHttp,
  filter: Parameters<LemmyHttp["listReports"]>[0] = {},
): Promise<string[]> {
  const { items } = await ok(caller.listReports(filter));
  return items.map((item) => `${item.type_}: ${reportOf(item).reason}`);
}

function reportOf(view: ReportCombinedView) {
  switch (view.type_) {
    case "post":
      return view.post_report;
    case "comment":
      return view.comment_report;
    case "community":
      return view.community_report;
    case "private_message":
      return view.private_message_report;
  }
}

test("reports reach those who settle them, and nobody else", async (t) => {
  const s = await scene();
  const { alice, bob, carol, admin, post_id, comment_id, community_id } = s;
  try {
    const made = await ok(
      carol.createPostReport({ post_id, reason: "  off topic " }),
    );
    const view = made.post_report_view;
    t.equal(view.post_report.reason, "off topic");
    t.equal(view.post_report.original_post_name, "On stage");
    t.equal(view.post_report.violates_instance_rules, false);
    t.equal(view.creator.name, "carol");
    t.equal(view.post_creator.name, "bob");
    t.equal(view.post.report_count, 1);
    t.equal(view.post.unresolved_report_count, 1);
    t.equal(view.resolver, undefined);
    t.equal("can_mod" in view, false);
    t.equal("type_" in view, false);
    await ok(carol.createCommentReport({
      comment_id,
      reason: "illegal",
      violates_instance_rules: true,
    }));
    const comment = await ok(alice.getComment({ id: comment_id }));
    t.equal(
      [
        comment.comment_view.comment.report_count,
        comment.comment_view.comment.unresolved_report_count,
      ],
      [1, 0],
      "what is for the admins does not count as unresolved",
    );
    await ok(
      carol.createCommunityReport({ community_id, reason: "bad place" }),
    );
    const { private_message_view } = await ok(
      bob.createPrivateMessage({
        recipient_id: await idOf(carol),
        content: "pst",
      }),
    );
    const private_message_id = private_message_view.private_message.id;
    const told = await ok(
      carol.createPrivateMessageReport({ private_message_id, reason: "rude" }),
    );
    t.equal(
      told.private_message_report_view.private_message_report.original_pm_text,
      "pst",
    );
    t.equal(
      told.private_message_report_view.private_message_creator.name,
      "bob",
    );

    t.equal(await seen(alice), ["post: off topic"]);
    t.equal(await seen(admin), [
      "private_message: rude",
      "community: bad place",
      "comment: illegal",
    ]);
    const everything = { show_community_rule_violations: true };
    t.equal((await seen(admin, everything)).length, 4);
    t.equal((await seen(alice, everything)).length, 1, "for admins only");
    const own = { my_reports_only: true };
    t.equal((await seen(carol, own)).length, 4);
    t.equal(await seen(bob, own), []);
    t.equal(await codeOf(bob.listReports({})), "not_a_mod_or_admin");
    t.equal(await codeOf(s.anonymous.listReports({})), "incorrect_login");
    t.equal(await seen(admin, { ...everything, post_id }), [
      "comment: illegal",
      "post: off topic",
    ]);
    t.equal(await seen(admin, { ...everything, type_: "posts" }), [
      "post: off topic",
    ]);
    t.equal(
      (await seen(admin, { ...everything, community_id })).length,
      3,
    );
    t.equal(
      (await seen(admin, { ...everything, sort: "old" }))[0],
      [
        "post: off topic",
      ][0],
    );
    const first = await ok(admin.listReports({ ...everything, limit: 3 }));
    const second = await ok(
      admin.listReports({
        ...everything,
        limit: 3,
        page_cursor: first.next_page,
      }),
    );
    t.equal(
      [first.items.length, second.items.map((item) => item.type_)],
      [3, ["post"]],
    );
    const counts = async (caller: LemmyHttp) =>
      (await ok(caller.getUnreadCounts())).report_count;
    t.equal(
      [await counts(alice), await counts(admin), await counts(carol)],
      [1, 3, undefined],
    );
    await s.server.database
      .sql`update report set published_at = published_at - interval '4 days' where type_ = 'post'`;
    t.equal(
      (await seen(admin)).length,
      4,
      "admins take over what has been left lying for three days",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("reports are settled, opened again, and settled by a removal", async (t) => {
  const s = await scene();
  const { alice, bob, carol, admin, post_id, comment_id, community_id } = s;
  try {
    const { post_report_view } = await ok(
      carol.createPostReport({ post_id, reason: "spam" }),
    );
    const report_id = post_report_view.post_report.id;
    const settled = await ok(alice.resolvePostReport({
      report_id,
      resolved: true,
      conclusion: "it is fine",
    }));
    const { post_report, resolver, post } = settled.post_report_view;
    t.equal(
      [post_report.resolved, post_report.conclusion, resolver?.name],
      [true, "it is fine", "alice"],
    );
    t.equal([post.report_count, post.unresolved_report_count], [1, 0]);
    t.equal(await seen(alice, { unresolved_only: true }), []);
    const open = await ok(
      admin.resolvePostReport({ report_id, resolved: false }),
    );
    t.equal(
      [
        open.post_report_view.post_report.conclusion,
        open.post_report_view.resolver?.name,
      ],
      ["it is fine", "admin"],
      "an absent conclusion stays, and whoever acts is the resolver",
    );
    const cleared = await ok(
      alice.resolvePostReport({ report_id, resolved: false, conclusion: "" }),
    );
    t.equal(cleared.post_report_view.post_report.conclusion, undefined);
    await ok(bob.createCommentReport({ comment_id, reason: "my own" }));
    await ok(alice.removePost({
      post_id,
      removed: true,
      reason: "spam",
      remove_children: true,
    }));
    t.equal(await seen(alice, { unresolved_only: true }), []);
    const all = await ok(alice.listReports({}));
    t.equal(
      all.items.map((item) => [reportOf(item).resolved, item.resolver?.name]),
      [[true, "alice"], [true, "alice"]],
    );
    const found = all.items.find((item) => item.type_ === "comment");
    t.equal(
      found?.type_ === "comment" && found.comment.content,
      "hello",
      "a moderator reads what was removed",
    );
    const community = await ok(
      carol.createCommunityReport({ community_id, reason: "empty" }),
    );
    const id = community.community_report_view.community_report.id;
    t.equal(
      await codeOf(
        alice.resolveCommunityReport({ report_id: id, resolved: true }),
      ),
      "not_an_admin",
    );
    await ok(admin.resolveCommunityReport({ report_id: id, resolved: true }));
    await ok(admin.resolveCommunityReport({ report_id: id, resolved: false }));
    await ok(
      admin.removeCommunity({ community_id, removed: true, reason: "" }),
    );
    t.equal(await seen(admin, { unresolved_only: true }), []);
    t.equal(
      await codeOf(alice.resolvePostReport({ report_id, resolved: false })),
      "success",
      "also where the community is gone",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("reports of comments and messages are settled by whom they are for", async (t) => {
  const s = await scene();
  const { alice, bob, carol, admin, comment_id } = s;
  try {
    const { comment_report_view } = await ok(
      carol.createCommentReport({ comment_id, reason: "rude" }),
    );
    const comment = {
      report_id: comment_report_view.comment_report.id,
      resolved: true,
      conclusion: "warned",
    };
    t.equal(
      await codeOf(bob.resolveCommentReport(comment)),
      "not_a_mod_or_admin",
    );
    const settled = await ok(alice.resolveCommentReport(comment));
    const { comment_report, resolver } = settled.comment_report_view;
    t.equal(
      [comment_report.resolved, comment_report.conclusion, resolver?.name],
      [true, "warned", "alice"],
    );
    t.equal(
      settled.comment_report_view.comment.unresolved_report_count,
      0,
    );
    const { private_message_view } = await ok(
      bob.createPrivateMessage({
        recipient_id: await idOf(carol),
        content: "hey you",
      }),
    );
    const told = await ok(carol.createPrivateMessageReport({
      private_message_id: private_message_view.private_message.id,
      reason: "rude again",
    }));
    const message = {
      report_id: told.private_message_report_view.private_message_report.id,
      resolved: true,
    };
    for (const person of [alice, bob, carol]) {
      t.equal(
        await codeOf(person.resolvePrivateMessageReport(message)),
        "not_an_admin",
      );
    }
    const closed = await ok(admin.resolvePrivateMessageReport(message));
    const view = closed.private_message_report_view;
    t.equal(
      [
        view.private_message_report.resolved,
        view.resolver?.name,
        view.private_message.content,
      ],
      [true, "admin", "hey you"],
    );
    t.equal(await seen(admin, { unresolved_only: true }), []);
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("reports are refused with the code of the rule they break", async (t) => {
  const s = await scene();
  const { alice, bob, carol, admin, post_id, comment_id, community_id } = s;
  try {
    const report = (reason: string) =>
      carol.createPostReport({ post_id, reason });
    t.equal(await codeOf(report("   ")), "report_reason_required");
    t.equal(await codeOf(report("darn")), "slurs");
    t.equal(await codeOf(report(letters(1001))), "report_too_long");
    t.equal(await codeOf(report("😀".repeat(1000))), "success");
    t.equal(await codeOf(report("again")), "couldnt_create");
    const nobody = 999_999;
    t.equal(
      await codeOf(carol.createPostReport({ post_id: nobody, reason: "x" })),
      "not_found",
    );
    t.equal(
      await codeOf(
        carol.createCommunityReport({ community_id: nobody, reason: "x" }),
      ),
      "not_found",
    );
    const recipient_id = await idOf(carol);
    const { private_message_view } = await ok(
      bob.createPrivateMessage({ recipient_id, content: "hi" }),
    );
    const private_message_id = private_message_view.private_message.id;
    const pm = (caller: LemmyHttp, id = private_message_id) =>
      codeOf(
        caller.createPrivateMessageReport({
          private_message_id: id,
          reason: "x",
        }),
      );
    t.equal(await pm(bob), "couldnt_create");
    t.equal(await pm(carol, nobody), "not_found");
    await ok(bob.deletePrivateMessage({ private_message_id, deleted: true }));
    t.equal(await pm(carol), "deleted");
    await ok(bob.deleteComment({ comment_id, deleted: true }));
    t.equal(
      await codeOf(carol.createCommentReport({ comment_id, reason: "x" })),
      "deleted",
    );
    await ok(alice.removePost({ post_id, removed: true, reason: "" }));
    t.equal(
      await codeOf(carol.createPostReport({ post_id, reason: "x" })),
      "not_found",
    );
    t.equal(
      await codeOf(bob.createPostReport({ post_id, reason: "x" })),
      "deleted",
    );
    for (
      const call of [
        admin.resolvePostReport({ report_id: nobody, resolved: true }),
        admin.resolveCommentReport({ report_id: 1, resolved: true }),
        admin.resolveCommunityReport({ report_id: nobody, resolved: true }),
        admin.resolvePrivateMessageReport({ report_id: 1, resolved: true }),
      ]
    ) t.equal(await codeOf(call), "not_found");
    t.equal(
      await codeOf(admin.listReports({ limit: 51 })),
      "invalid_fetch_limit",
    );
    await ok(
      alice.banFromCommunity({
        community_id,
        person_id: recipient_id,
        ban: true,
        reason: "",
      }),
    );
    t.equal(
      await codeOf(carol.createCommunityReport({ community_id, reason: "x" })),
      "person_is_banned_from_community",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});
