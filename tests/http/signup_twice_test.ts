/** The sign-up form, whose button is pressed twice without JavaScript. */
import { ok, PASSWORD, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { PageReader } from "../support/page_reader.ts";

test("a sign-up form sent twice makes one account, and the second answer is as good as the first", async (t) => {
  const server = await startSite();
  try {
    const form = (username: string, more: Record<string, string> = {}) => ({
      username,
      password: PASSWORD,
      password_verify: PASSWORD,
      ...more,
    });
    const press = async (fields: Record<string, string>) => {
      const reader = new PageReader(server.url);
      const answer = await reader.submit("/signup", fields);
      return { ...answer, signedIn: reader.signedIn };
    };
    const twice = (fields: Record<string, string>) =>
      Promise.all([press(fields), press(fields)]);

    for (const answer of await twice(form("alice"))) {
      t.equal([answer.status, answer.to], [303, "/communities"]);
      t.ok(answer.signedIn, "both are signed in");
    }
    const later = await press(form("alice"));
    t.equal([later.status, later.signedIn], [303, true], "a moment later");

    const { sql } = server.database;
    await ok(server.admin.editSite({ captcha_enabled: true } as never));
    const page = await new PageReader(server.url).get("/signup");
    const captcha_uuid =
      /name="captcha_uuid" value="([^"]+)"/.exec(page.html)![1];
    const [{ answer: captcha_answer }] = await sql<{ answer: string }[]>`
      select answer from captcha where uuid = ${captcha_uuid}`;
    const solved = form("carol", { captcha_uuid, captcha_answer });
    for (const answer of await twice(solved)) {
      t.equal([answer.status, answer.signedIn], [303, true]);
    }
    await ok(server.admin.editSite({ captcha_enabled: false } as never));

    const other = await press({
      ...form("alice"),
      password: "another password",
      password_verify: "another password",
    });
    t.equal([other.status, other.signedIn], [400, false]);
    t.match(other.html, "already taken");
    await sql`update person set published_at = now() - interval '1 hour' where name = 'alice'`;
    const old = await press(form("alice"));
    t.equal([old.status, old.signedIn], [400, false], "not the same form");

    await ok(server.admin.editSite({
      registration_mode: "require_application",
      application_question: "Why?",
    }));
    for (const sent of await twice(form("dora", { answer: "To grow roses" }))) {
      t.equal([sent.status, sent.to, sent.signedIn], [303, "/", false]);
    }
    const [{ count }] = await sql<{ count: number }[]>`
      select count(*) from registration_application`;
    t.equal(count, 1);
  } finally {
    await server.close();
  }
});
