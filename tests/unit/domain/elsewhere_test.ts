/** What comes from other servers, as it is shown and subscribed to here. */
import { test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import { makePost, remoteInstance, sharedSite, sql } from "./support.ts";
import { followCommunity } from "../../../lib/domain/community/follow.ts";
import { getCommunity } from "../../../lib/domain/community/view.ts";
import { getPerson } from "../../../lib/domain/person/view.ts";
import { setPostNotifications } from "../../../lib/domain/post/state.ts";

const shared = sharedSite();

test("a community and a person come with what their server says of itself", async (t) => {
  const site = await shared();
  const far = await remoteInstance(site, "known.test");
  const shown = async () => [
    (await getCommunity(site.admin, { id: far.community })).site,
    (await getPerson(site.admin, { person_id: far.person })).site,
  ];
  t.equal(await shown(), [undefined, undefined], "nobody has asked it yet");
  await sql(
    site,
    `insert into site (name, ap_id, inbox_url, public_key, instance_id)
     values ('Known', 'https://known.test/', 'https://known.test/inbox', '', $1::int4)`,
    far.instance,
  );
  for (const found of await shown()) {
    t.equal([found?.name, found?.ap_id], ["Known", "https://known.test/"]);
    t.ok(!("public_key" in found!), "keys are nobody's business");
  }
  const own = await getPerson(site.admin, {
    person_id: site.admin.viewer!.person.id,
  });
  t.equal(own.site?.id, site.admin.site.site.id);
});

test("who wants all comments of a post from elsewhere follows its community", async (t) => {
  const site = await shared();
  const far = await remoteInstance(site, "thread.test");
  const state = async (community_id: number) =>
    (await getCommunity(site.admin, { id: community_id })).community_view
      .community_actions?.follow_state;
  const post_id = await makePost(site.admin, far.community);
  await setPostNotifications(site.admin, { post_id, mode: "mute" });
  t.equal(await state(far.community), undefined);
  await setPostNotifications(site.admin, { post_id, mode: "all_comments" });
  t.equal(await state(far.community), "pending");
  const here = await makeCommunity(site.admin, "athome");
  await followCommunity(site.admin, { community_id: here, follow: false });
  await setPostNotifications(site.admin, {
    post_id: await makePost(site.admin, here),
    mode: "all_comments",
  });
  t.equal(await state(here), undefined, "of a local one everything is here");
});
