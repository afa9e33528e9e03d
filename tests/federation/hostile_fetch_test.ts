/** Activities whose objects have to be fetched, from a server that leads astray. */
import { test } from "../harness.ts";
import {
  type Attack,
  startTarget,
  surprises,
  type Target,
} from "../support/hostile_inbox.ts";
import { activityJson } from "../support/peer.ts";

function fetchedTraps(target: Target): Attack[] {
  const { site, far, cats, mia, post } = target;
  const to = (location: string) => () =>
    new Response(null, { status: 302, headers: { location } });
  const moved = (
    name: string,
    location: (path: string) => string,
    verdict: string | RegExp,
  ): Attack => {
    const path = `/moved/${name.replaceAll(/\W/g, "-")}`;
    far.answerWith(path, to(location(path)));
    return {
      name,
      activity: far.activity("Like", mia, far.url(path)),
      verdict,
    };
  };
  const typed = (name: string, type: string, verdict: string): Attack => {
    const page = far.page(mia, cats);
    far.answerWith(new URL(String(page.id)).pathname, () => {
      const answer = activityJson(page);
      answer.headers.set("content-type", type);
      return answer;
    });
    return { name, activity: far.activity("Like", mia, page.id), verdict };
  };
  // Two comments that answer each other.
  const a = far.note(mia, cats, far.url("/comment/loop-b"), {
    id: far.url("/comment/loop-a"),
  });
  far.note(mia, cats, far.url("/comment/loop-a"), {
    id: far.url("/comment/loop-b"),
  });
  const self = far.note(mia, cats, far.url("/comment/self"), {
    id: far.url("/comment/self"),
  });
  let chain = String(far.note(mia, cats, post).id);
  for (let i = 0; i < 200; i++) chain = String(far.note(mia, cats, chain).id);
  const answer = (
    name: string,
    parent: unknown,
    verdict: string | RegExp,
    fetches: number,
  ): Attack => ({
    name,
    activity: far.activity(
      "Create",
      mia,
      far.note(mia, cats, String(parent)),
      cats,
    ),
    verdict,
    fetches,
  });
  return [
    answer("answers in a circle", a.id, "failed cyclic_reply", 10),
    answer("an answer to itself", self.id, "failed cyclic_reply", 10),
    answer(
      "200 unknown answers",
      chain,
      "failed max_comment_depth_reached",
      60,
    ),
    moved("a loop", (path) => far.url(path), "failed fetch_failed: status 302"),
    moved(
      "to a post of ours that is none",
      () => `${site.url}/post/999`,
      "failed not_found",
    ),
    moved(
      "to our own settings",
      () => `${site.url}/api/v4/site`,
      "failed not_found",
    ),
    moved("to a file", () => "file:///etc/passwd", "failed invalid_url"),
    moved(
      "to an address",
      () => "http://127.0.0.1:5432/",
      "failed invalid_url",
    ),
    moved(
      "to the machine's services",
      () => "http://169.254.169.254/latest/meta-data/",
      "failed invalid_url",
    ),
    moved("to IPv6", () => "http://[::1]/", "failed invalid_url"),
    moved("to a number", () => "http://2130706433/", "failed invalid_url"),
    typed("a page of HTML", "text/html", "failed wrong_content_type"),
    typed("any JSON", "application/json", "failed wrong_content_type"),
    typed(
      "JSON-LD of something else",
      'application/ld+json; profile="http://example.org/"',
      "failed wrong_content_type",
    ),
    typed(
      "two types",
      "application/activity+json, text/html",
      "failed wrong_content_type",
    ),
    typed(
      "a type in the parameters",
      "text/plain; application/activity+json",
      "failed wrong_content_type",
    ),
  ];
}

test("what has to be fetched leads nowhere else, and not on for ever", async (t) => {
  const target = await startTarget();
  const { far, cats, mia, post } = target;
  try {
    await target.attack(far.activity("Follow", mia, cats));
    const before = await target.stock();
    t.equal(await surprises(target, fetchedTraps(target)), []);
    t.equal(await target.stock(), before);
    const good = far.activity("Create", mia, far.note(mia, cats, post), cats);
    t.equal((await target.attack(good)).verdict, "applied");
  } finally {
    await target.close(t);
  }
});
