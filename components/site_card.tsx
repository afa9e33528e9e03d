import { scaledPicture } from "./pictures.ts";
import { actorHandle } from "../lib/domain/actor_name.ts";
import type { Community, PersonView } from "../lib/domain/views.ts";
import { Counts } from "./community/community_card.tsx";
import { CommunityLink } from "./community/community_link.tsx";
import { Markdown } from "./markdown.tsx";
import { PersonLink } from "./person/person_link.tsx";
import { showsMedia, type Ui } from "./ui.ts";

/** The sidebar of the front page (web-ui §3.1). */
export function SiteCard({ ui, admins }: { ui: Ui; admins: PersonView[] }) {
  const { t, viewer } = ui;
  const { site, local_site } = ui.site;
  const mayCreate = viewer && !viewer.banned &&
    (viewer.local_user.admin || !local_site.community_creation_admin_only);
  return (
    <section class="card">
      <h2 dir="auto">{site.name}</h2>
      {site.banner && showsMedia(ui) && (
        <img
          class="banner"
          src={scaledPicture(ui, site.banner, "large")}
          alt=""
          loading="lazy"
        />
      )}
      {site.summary && <p dir="auto">{site.summary}</p>}
      {viewer && !viewer.banned && (
        <p>
          <a class="btn go wide" href="/create_post">{t("nav.create_post")}</a>
        </p>
      )}
      {mayCreate && (
        <p>
          <a class="btn wide" href="/create_community">
            {t("nav.create_community")}
          </a>
        </p>
      )}
      {site.sidebar && <Markdown ui={ui} text={site.sidebar} id="site" />}
      <Counts
        ui={ui}
        counts={[
          ["count.users_day", local_site.users_active_day],
          ["count.users_week", local_site.users_active_week],
          ["count.users_month", local_site.users_active_month],
          ["count.users_half_year", local_site.users_active_half_year],
          ["count.users", local_site.users],
          ["count.communities", local_site.communities],
          ["count.posts", local_site.posts],
          ["count.comments", local_site.comments],
        ]}
      />
      {admins.length > 0 && (
        <>
          <h3>{t("sidebar.admins")}</h3>
          <ul class="chips">
            {admins.map(({ person }) => (
              <li key={person.id}>
                <PersonLink ui={ui} person={person} avatar />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** A card that lists communities: those the reader follows, or the liveliest here. */
export function CommunityList(
  { ui, title, communities }: {
    ui: Ui;
    title: string;
    communities: Community[];
  },
) {
  if (communities.length === 0) return null;
  return (
    <section class="card">
      <h2>{title}</h2>
      <ul class="plain">
        {communities.map((community) => (
          <li key={actorHandle(community)}>
            <CommunityLink ui={ui} community={community} icon />
          </li>
        ))}
      </ul>
    </section>
  );
}
