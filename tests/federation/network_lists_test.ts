/** Tags of communities and multi-communities, between three sites of ours (federation §12.11, 16). */
import { ok } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { agree, find, followed, withNetwork } from "../support/network.ts";

const TAGS =
  `select ap_id, name, display_name, color, deleted from community_tag order by ap_id`;
const TAGGED = `
  select p.ap_id, coalesce(array_agg(t.name order by t.name)
    filter (where not t.deleted), '{}') as tags
  from post p left join post_tag pt on pt.post_id = p.id
  left join community_tag t on t.id = pt.community_tag_id group by p.ap_id order by p.ap_id`;

test("tags of a community and of its posts are the same everywhere", async (t) => {
  await withNetwork(t, ["alpha", "beta"], async (alpha, beta) => {
    const all = [alpha, beta];
    const { community_view: { community } } = await ok(
      beta.admin.createCommunity({ name: "birds", title: "Birds" }),
    );
    const ann = await alpha.signUp("ann");
    const onAlpha = await followed(ann, `!birds@${beta.host}`);
    const tag = await ok(beta.admin.createCommunityTag({
      community_id: community.id,
      name: "song",
      display_name: "Songs",
      color: "color03",
    }));
    const [row] = await agree(all, TAGS, (rows) => rows.length === 1);
    t.equal([row.name, row.display_name, row.color], [
      "song",
      "Songs",
      "color03",
    ]);
    const [{ id }] = await alpha.sql`select id from community_tag`;
    await ok(ann.createPost({
      name: "A robin sings",
      community_id: onAlpha,
      tags: [id],
    }));
    const isTagged = (tags: string[]) => (rows: { tags?: unknown }[]) =>
      rows.length === 1 &&
      JSON.stringify(rows[0].tags) === JSON.stringify(tags);
    await agree(all, TAGGED, isTagged(["song"]));
    // A moderator's change of somebody else's post comes back to its author's site.
    const [{ id: postId }] = await beta.sql`select id from post`;
    for (const [tags, names] of [[[], []], [[tag.id], ["song"]]] as const) {
      await ok(beta.admin.modEditPost({ post_id: postId, tags: [...tags] }));
      await agree(all, TAGGED, isTagged([...names]));
    }
    for (const gone of [true, false]) {
      await ok(beta.admin.deleteCommunityTag({ tag_id: tag.id, delete: gone }));
      await agree(all, TAGS, ([row]) => row.deleted === gone);
      await agree(all, TAGGED, isTagged(gone ? [] : ["song"]));
    }
  });
});

test("following a multi-community of another site brings the posts of its communities", async (t) => {
  await withNetwork(
    t,
    ["alpha", "beta", "gamma"],
    async (alpha, beta, gamma) => {
      const make = async (name: string) =>
        (await ok(beta.admin.createCommunity({ name, title: name })))
          .community_view.community.id;
      const birds = await make("birds");
      const owls = await make("owls");
      const ann = await alpha.signUp("ann");
      const { multi_community_view: { multi } } = await ok(
        ann.createMultiCommunity({ name: "wings", title: "Wings" }),
      );
      const add = async (name: string) => {
        const found = await find(ann, `${beta.origin}/c/${name}`);
        if (found.type_ !== "community") {
          throw new Error(
            `no community ${name}`,
          );
        }
        await ok(ann.createMultiCommunityEntry({
          id: multi.id,
          community_id: found.community.id,
        }));
      };
      await add("birds");
      const carl = await gamma.signUp("carl");
      const found = await find(carl, `${alpha.origin}/m/wings`);
      if (found.type_ !== "multi_community") throw new Error("no feed");
      await ok(carl.followMultiCommunity({
        multi_community_id: found.multi.id,
        follow: true,
      }));
      await agree(
        [alpha, gamma],
        `select p.ap_id, f.follow_state as state from multi_community_follow f
       join person p on p.id = f.person_id where p.name = 'carl'`,
        ([row]) => row?.state === "accepted",
      );
      const members = (count: number) =>
        agree(
          [alpha, gamma],
          `select c.ap_id from multi_community_entry e
         join community c on c.id = e.community_id order by c.ap_id`,
          (rows) => rows.length === count,
        );
      await members(1);
      const followers = (name: string) =>
        agree(
          [beta],
          `select p.ap_id from community_actions a join person p on p.id = a.person_id
         join community c on c.id = a.community_id
         where a.follow_state = 'accepted' and c.name = '${name}'
           and p.ap_id like 'http://gamma.%'`,
          (rows) => rows.length === 1,
        );
      await followers("birds");
      await ok(beta.admin.createPost({ name: "A robin", community_id: birds }));
      const posts = (count: number) =>
        agree(
          [beta, gamma],
          "select ap_id, name from post order by ap_id",
          (rows) => rows.length === count,
        );
      await posts(1);
      await add("owls");
      await members(2);
      await followers("owls");
      await ok(beta.admin.createPost({ name: "An owl", community_id: owls }));
      await posts(2);
    },
  );
});
