/** Private messages as both sides see them. */
import type { LemmyHttp, NotificationTypeFilter } from "lemmy-js-client";
import { test } from "../harness.ts";
import { codeOf, idOf, ok } from "./api_server.ts";
import { letters, stage, unread } from "./stage.ts";

const MESSAGES = { type_: "private_message" as NotificationTypeFilter };

test("a private message is read by both sides, changed, and put away by either", async (t) => {
  const scene = await stage();
  const { server, alice, bob, admin } = scene;
  try {
    const [aliceId, bobId] = [await idOf(alice), await idOf(bob)];
    const { private_message_view: first } = await ok(
      alice.createPrivateMessage({ recipient_id: bobId, content: "darn *hi*" }),
    );
    const { private_message: message } = first;
    t.equal(message.content, "*removed* *hi*");
    t.equal(message.ap_id, `${server.url}/private_message/${message.id}`);
    t.equal([first.creator.name, first.recipient.name], ["alice", "bob"]);
    t.equal(await unread(scene, bob), 1);
    t.equal(await unread(scene, alice), 0);
    await ok(
      bob.createPrivateMessage({ recipient_id: aliceId, content: "hello" }),
    );
    await ok(
      admin.createPrivateMessage({
        recipient_id: bobId,
        content: "from above",
      }),
    );
    const read = async (person: LemmyHttp, form = {}) => {
      const { items } = await ok(
        person.listNotifications({ ...MESSAGES, ...form }),
      );
      return items.map(({ data }) =>
        data.type_ === "private_message" ? data.private_message.content : ""
      );
    };
    t.equal(await read(bob), ["from above", "hello", "*removed* *hi*"]);
    t.equal(await read(bob, { unread_only: true }), [
      "from above",
      "*removed* *hi*",
    ]);
    t.equal(await read(bob, { creator_id: aliceId }), [
      "hello",
      "*removed* *hi*",
    ]);
    t.equal(await read(alice), ["hello", "*removed* *hi*"]);
    t.equal(
      (await ok(alice.listNotifications({}))).items.map((item) =>
        item.notification.creator_id
      ),
      [bobId],
      "the mixed list has only what was received",
    );
    const private_message_id = message.id;
    await ok(bob.markAllNotificationsAsRead());
    const edited = await ok(
      alice.editPrivateMessage({ private_message_id, content: "hi" }),
    );
    t.ok(edited.private_message_view.private_message.updated_at);
    t.equal(await unread(scene, bob), 1, "a change is told anew");
    t.equal(await read(bob, { creator_id: aliceId }), ["hello", "hi"]);
    const away = (person: LemmyHttp, deleted: boolean) =>
      ok(person.deletePrivateMessage({ private_message_id, deleted }));
    const put = (await away(bob, true)).private_message_view.private_message;
    t.equal([put.deleted, put.deleted_by_recipient], [false, true]);
    t.equal(await read(bob, { creator_id: aliceId }), ["hello"]);
    t.equal(await unread(scene, bob), 0);
    const { items } = await ok(alice.listNotifications(MESSAGES));
    const sent = items[1].data;
    t.ok(
      sent.type_ === "private_message" &&
        !sent.private_message.deleted_by_recipient,
      "that is not the sender's business",
    );
    await away(bob, false);
    t.equal(await read(bob, { creator_id: aliceId }), ["hello", "hi"]);
    await away(alice, true);
    await away(alice, true);
    t.equal(await read(bob, { creator_id: aliceId }), ["hello"]);
    t.equal(await read(alice), ["hello"]);
    await away(alice, false);
    t.equal(await read(alice), ["hello", "hi"]);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("a private message is refused with the code of the rule it breaks", async (t) => {
  const scene = await stage();
  const { server, admin, alice, bob } = scene;
  try {
    const recipient_id = await idOf(bob);
    const write = (content: string, to = recipient_id) =>
      codeOf(alice.createPrivateMessage({ content, recipient_id: to }));
    t.equal(await write(""), "success");
    t.equal(await write(letters(10_000)), "success");
    t.equal(await write(letters(10_001)), "invalid_body_field");
    t.equal(await write("https://spam.example/"), "blocked_url");
    t.equal(await write("hi", 999_999), "couldnt_create");
    const { private_message_view } = await ok(
      alice.createPrivateMessage({ content: "hi", recipient_id }),
    );
    const private_message_id = private_message_view.private_message.id;
    const edit = (person: LemmyHttp, content = "ho") =>
      codeOf(person.editPrivateMessage({ private_message_id, content }));
    t.equal(await edit(bob), "edit_private_message_not_allowed");
    t.equal(await edit(admin), "edit_private_message_not_allowed");
    t.equal(await edit(alice, letters(10_001)), "invalid_body_field");
    t.equal(
      await codeOf(alice.editPrivateMessage({
        private_message_id: 999_999,
        content: "ho",
      })),
      "not_found",
    );
    t.equal(
      await codeOf(admin.deletePrivateMessage({
        private_message_id,
        deleted: true,
      })),
      "edit_private_message_not_allowed",
    );
    await ok(bob.saveUserSettings({ private_messages_enabled: false }));
    t.equal(await write("hi"), "couldnt_create");
    t.equal(await edit(alice), "success", "an edit asks the sender only");
    await ok(bob.saveUserSettings({ private_messages_enabled: true }));
    await ok(alice.saveUserSettings({ private_messages_enabled: false }));
    t.equal(await write("hi"), "couldnt_create");
    t.equal(await edit(alice), "couldnt_create");
    await ok(alice.saveUserSettings({ private_messages_enabled: true }));
    await ok(bob.blockPerson({ person_id: await idOf(alice), block: true }));
    t.equal(await write("hi"), "person_is_blocked");
    t.equal(await edit(alice), "person_is_blocked");
    t.equal(
      await codeOf(alice.listNotifications({ limit: 51 })),
      "invalid_fetch_limit",
    );
    t.equal(
      await codeOf(alice.listNotifications({ page_cursor: "!" })),
      "unknown",
    );
    t.equal(await codeOf(server.client().getUnreadCounts()), "incorrect_login");
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
