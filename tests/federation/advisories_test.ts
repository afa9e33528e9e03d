/**
 * What has been published about other servers of the network, tried here. Not here, as there is
 * nothing to try: files written by their received names (Mastodon CVE-2023-36460), as no file is
 * received; image proxies that reach into the own network (Lemmy), which the tests of the guarded
 * client and of images have; linked-data signatures that are read two ways (Mastodon
 * CVE-2026-46349), beyond that they count for nothing.
 */
import { test } from "../harness.ts";
import {
  type Row,
  type Scene,
  scene,
  standing,
  surprises,
} from "../support/advisory_scene.ts";
import type { Json } from "../support/hostile_inbox.ts";
import { activityJson } from "../support/peer.ts";

const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

/** Documents that claim to be something else than what they were found as. */
function identity(s: Scene): Row[] {
  const { far, near, cats, mia, guest, page, site, post } = s;
  let number = 0;
  const served = (document: Json, type = "application/activity+json") =>
    far.answerWith(`/served/${++number}`, () => {
      const answer = activityJson(document);
      answer.headers.set("content-type", type);
      return answer;
    });
  const like = (object: unknown) => far.activity("Like", mia, object);
  const forged = {
    ...page,
    id: near.url("/post/forged"),
    attributedTo: guest,
    name: "Never written",
  };
  const upload = (document: Json, type: string) => {
    const id = far.url(`/served/${number + 1}`);
    served({ ...document, id }, type);
    return id;
  };
  const actor = (type: string) =>
    upload({
      type: "Person",
      preferredUsername: "upload",
      inbox: far.url("/inbox"),
      outbox: far.url("/outbox"),
      publicKey: { publicKeyPem: far.publicKey },
    }, type);
  return [
    [
      "Mastodon CVE-2024-23832: a document names an id on another host",
      () => like(served(forged)),
      "failed wrong_object_id",
    ],
    [
      "Misskey: a document names another id on the same host",
      () => like(served({ ...forged, id: far.url("/post/none") })),
      "failed not_found",
    ],
    [
      "Misskey: a document without id",
      () => like(served({ ...forged, id: undefined })),
      "failed wrong_object_id",
    ],
    [
      "Akkoma: an uploaded object names its author on another host",
      () => like(upload({ ...forged }, "application/activity+json")),
      "failed wrong_host",
    ],
    ...[
      "application/json",
      "text/plain",
      "application/octet-stream",
      "application/ld+json",
    ].map((type): Row => [
      `Mastodon CVE-2024-25623: an uploaded file poses as an actor, as ${type}`,
      () => far.activity("Like", actor(type), post),
      "400 wrong_content_type",
    ]),
    [
      "Pleroma: an uploaded activity, undone by its address",
      () =>
        far.activity(
          "Undo",
          mia,
          upload({ ...far.activity("Like", s.leo, post) }, "application/json"),
        ),
      "failed wrong_content_type",
    ],
    [
      "Pleroma: an uploaded activity, announced by its address",
      () => ({
        ...far.announce(s.dogs, {}),
        object: upload(
          far.activity("Delete", mia, page.id),
          "application/json",
        ),
      }),
      "failed wrong_content_type",
    ],
    [
      "Pleroma: our own host is fetched",
      () => like(`${site.url}/api/v4/site`),
      "failed not_found",
    ],
    [
      "Pleroma: a path that leads up",
      () => like(`${site.url}/post/../../etc/passwd`),
      "failed not_found",
    ],
    [
      "Sharkey: a key of another host's actor",
      () =>
        far.deliver(near.activity("Like", guest, post)).then((
          { status, json },
        ) => `${status} ${json.error}`),
      "401 signature_invalid",
    ],
    [
      "Mastodon: a linked-data signature in place of one of the request",
      () =>
        far.deliver({
          ...near.activity("Like", guest, post),
          signature: {
            type: "RsaSignature2017",
            creator: `${guest}#main-key`,
            signatureValue: "eA==",
          },
        }, { unsigned: true }).then(({ status, json }) =>
          `${status} ${json.error}`
        ),
      "401 signature_missing",
    ],
    ["a name that is mended takes another's place", () => {
      const activity = far.activity("Delete", mia, post, cats);
      return far.deliver(activity, {
        body: JSON.stringify({ ...activity, "actor\0": `${site.url}/u/admin` }),
      }).then(({ status, json }) => `${status} ${json.error}`);
    }, "400 unreadable"],
  ];
}

/** Who acts in somebody else's name or on somebody else's things. */
function authority(s: Scene): Row[] {
  const { far, near, cats, mia, leo, guest, dogs, page, miasPage, post, site } =
    s;
  const ours = `${site.url}/u/admin`;
  const profile = (id: string) => ({
    type: "Person",
    id,
    preferredUsername: "owned",
    inbox: far.url("/inbox"),
    outbox: far.url("/outbox"),
    publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem: far.publicKey },
  });
  const later = new Date(Date.now() + 60_000).toISOString();
  const edited = (of: Json) => ({ ...of, name: "Changed", updated: later });
  const announced = (inner: Json) => far.announce(dogs, inner);
  return [
    [
      "Friendica: Create of what somebody else wrote",
      () => far.activity("Create", leo, far.page(mia, cats), cats),
      "failed not_the_author",
    ],
    [
      "Friendica: an answer that somebody else wrote",
      () => far.activity("Create", leo, far.note(mia, cats, post), cats),
      "failed not_the_author",
    ],
    [
      "PeerTube: Update by another server",
      () => far.activity("Update", mia, edited(page), cats),
      "failed not_a_moderator",
    ],
    [
      "Mbin: Update by somebody else on the server",
      () =>
        far.activity(
          "Update",
          leo,
          { ...edited(miasPage), attributedTo: leo },
          cats,
        ),
      // Its server may change its marks (MOD, rule 2); the title stays, as `standing` says.
      "applied",
    ],
    [
      "Misskey: Update of a person by another server",
      () => far.activity("Update", mia, profile(guest)),
      "failed not_the_author",
    ],
    [
      "Nextcloud Social: Update of a neighbour's key",
      () => far.activity("Update", mia, profile(leo)),
      "failed not_the_author",
    ],
    [
      "Misskey: Update of a person of ours",
      () => far.activity("Update", mia, profile(ours)),
      "failed not_the_author",
    ],
    [
      "Nextcloud Social: Delete of another person on the server",
      () => far.activity("Delete", mia, leo, undefined, { to: [PUBLIC] }),
      "failed not_the_author",
    ],
    [
      "Pleroma: Delete of a person by another server",
      () => far.activity("Delete", mia, guest, undefined, { to: [PUBLIC] }),
      "failed not_the_author",
    ],
    [
      "Pleroma: Delete of a post by another server",
      () => far.activity("Delete", mia, page.id, cats),
      "failed wrong_host",
    ],
    [
      "Pleroma: Delete of a post of ours",
      () => far.activity("Delete", mia, post, cats),
      "failed wrong_host",
    ],
    [
      "Mastodon: Undo of what another server did",
      () => far.activity("Undo", mia, near.activity("Like", guest, post)),
      "failed foreign_undo",
    ],
    [
      "a neighbour's vote is undone by somebody else on the server",
      () => far.activity("Undo", mia, far.activity("Like", leo, post)),
      "failed foreign_undo",
    ],
    [
      "Mastodon: Undo of another server's Follow",
      () => far.activity("Undo", mia, near.activity("Follow", guest, cats)),
      "failed foreign_undo",
    ],
    [
      "Mastodon: Accept of a Follow that asked somebody else",
      () => far.activity("Accept", mia, s.pending),
      "failed invalid_follow",
    ],
    [
      "Mastodon: Accept of a Follow by another community",
      () => far.activity("Accept", dogs, { ...s.pending, object: s.birds }),
      "failed invalid_follow",
    ],
    [
      "Mastodon: an account is moved by somebody else",
      () => far.activity("Move", mia, guest, undefined, { target: mia }),
      "400 unknown_activity",
    ],
    [
      "Misskey: a person announces what somebody else did",
      () => far.announce(mia, near.activity("Delete", guest, page.id, cats)),
      "failed wrong_community",
    ],
    [
      "Discourse: a community announces a Delete in another one",
      () => announced(near.activity("Delete", guest, page.id, cats)),
      "failed wrong_community",
    ],
    [
      "Discourse: a community announces an Update in another one",
      () => announced(near.activity("Update", guest, edited(page), cats)),
      "failed wrong_community",
    ],
    [
      "Discourse: a community announces a vote in another one",
      () => announced(near.activity("Dislike", guest, page.id, cats)),
      "failed wrong_community",
    ],
    [
      "a community announces that a person has left",
      () =>
        announced(
          near.activity("Delete", guest, guest, undefined, { to: [PUBLIC] }),
        ),
      "failed wrong_community",
    ],
    [
      "a community announces a private message",
      () =>
        announced(
          near.activity(
            "Create",
            guest,
            {
              type: "ChatMessage",
              id: near.url("/pm/1"),
              attributedTo: guest,
              to: ours,
              content: "forged",
            },
            undefined,
            { to: [ours] },
          ),
        ),
      "failed wrong_community",
    ],
    [
      "a community announces a Follow",
      () => announced(near.activity("Follow", guest, cats)),
      "failed unknown_activity",
    ],
    [
      "a community announces a post of ours that is none: an echo without effect",
      () =>
        announced(
          far.activity("Create", ours, {
            type: "Page",
            id: `${site.url}/post/777`,
            attributedTo: ours,
            name: "Never written",
            to: [dogs, PUBLIC],
            audience: dogs,
          }, dogs),
        ),
      "applied",
    ],
    [
      "a community speaks for somebody of ours, whose host it ends with a dot",
      () =>
        announced(
          far.activity(
            "Delete",
            ours.replace("localhost", "localhost."),
            s.abroad,
            dogs,
          ),
        ),
      "applied",
    ],
    [
      "Lemmy: a moderator made by himself",
      () =>
        far.activity("Add", mia, mia, cats, { target: `${cats}/moderators` }),
      "failed not_a_mod_or_admin",
    ],
    [
      "Lemmy: a ban by somebody who is no moderator",
      () => far.activity("Block", mia, guest, cats, { target: cats }),
      "failed not_a_mod_or_admin",
    ],
    [
      "Lemmy: a ban from our site by another one",
      () =>
        far.activity("Block", mia, guest, undefined, {
          target: `${site.url}/`,
          to: [PUBLIC],
        }),
      "failed not_a_mod_or_admin",
    ],
    [
      "Lemmy: the community's key is changed",
      () =>
        far.activity("Update", mia, {
          ...profile(cats),
          type: "Group",
          preferredUsername: "cats",
        }, cats),
      "failed not_a_mod_or_admin",
    ],
  ];
}

test("identities are not forged as they were elsewhere", async (t) => {
  const s = await scene();
  try {
    const before = await standing(s);
    t.equal(await surprises(s, identity(s)), []);
    t.equal(await surprises(s, authority(s)), []);
    t.equal(await surprises(s, [reportOfMessage(s), collection(s)]), []);
    t.equal(await standing(s), before);
  } finally {
    await s.close(t);
  }
});

/** Lemmy CVE-2024-23649: whoever reported a message got to read it. */
function reportOfMessage({ far, mia, site, message }: Scene): Row {
  return [
    "Lemmy CVE-2024-23649: a report of a message between others",
    () =>
      far.activity("Flag", mia, message, undefined, {
        to: [`${site.url}/`],
        summary: "let me read it",
      }),
    "failed",
  ];
}

/** A community that names our collection for its own does not get what is sent to ours. */
function collection({ far, cats, leo, sql, mia }: Scene): Row {
  return [
    "a community claims the moderators of another one",
    async () => {
      const evil = far.group("evil", {
        attributedTo: `${cats}/moderators`,
        featured: `${cats}/featured`,
      });
      await far.deliver(far.announce(evil, {}));
      const [row] =
        await sql`select moderators_url, featured_url from community where ap_id = ${evil}`;
      const outcome = await far.deliver(
        far.activity("Add", mia, leo, cats, { target: `${cats}/moderators` }),
      );
      await sql`delete from community where ap_id = ${evil}`;
      return `${outcome.status} ${row.moderators_url} ${row.featured_url}`;
    },
    "202 null null",
  ];
}
