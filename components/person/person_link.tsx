import { scaledPicture } from "../pictures.ts";
import { actorHandle, actorHost } from "../../lib/domain/actor_name.ts";
import type { Person } from "../../lib/domain/views.ts";
import { Icon } from "../icon.tsx";
import { showsAvatars, type Ui } from "../ui.ts";

/** A person's display name, with the host of remote ones, leading to the local profile page. */
export function PersonLink(
  { ui, person, avatar = false }: { ui: Ui; person: Person; avatar?: boolean },
) {
  const name = person.display_name ?? person.name;
  return (
    <a
      href={`/u/${actorHandle(person)}`}
      title={`@${person.name}@${actorHost(person)}`}
      dir="auto"
    >
      {avatar && person.avatar && showsAvatars(ui) && (
        <img
          class="avatar"
          src={scaledPicture(ui, person.avatar, "icon")}
          width={20}
          height={20}
          alt=""
          loading="lazy"
        />
      )}
      {person.local ? name : `${name}@${actorHost(person)}`}
    </a>
  );
}

interface Creator {
  creator: Person;
  creator_is_admin: boolean;
  creator_is_moderator: boolean;
  creator_banned: boolean;
  creator_banned_from_community: boolean;
  person_actions?: { upvotes?: number; downvotes?: number; note?: string };
}

/** How young an account is marked as new, in milliseconds. */
const NEW_ACCOUNT = 7 * 24 * 3600 * 1000;

/** The badges behind a creator's name (web-ui §4.6). */
export function CreatorBadges(
  { ui, view, op = false }: { ui: Ui; view: Creator; op?: boolean },
) {
  const { t } = ui;
  const { creator } = view;
  const given = view.person_actions;
  const votes = (given?.upvotes ?? 0) !== 0 || (given?.downvotes ?? 0) !== 0;
  const showVotes = votes && ui.viewer?.local_user.show_person_votes &&
    ui.viewer.person.id !== creator.id;
  const age = ui.now.getTime() - Date.parse(creator.published_at);
  return (
    <>
      {op && <span class="badge pri">{t("badge.op")}</span>}
      {view.creator_is_moderator && (
        <span class="pri">
          <Icon name="shield" label={t("badge.mod")} />
        </span>
      )}
      {view.creator_is_admin && (
        <span class="red">
          <Icon name="shield" label={t("badge.admin")} />
        </span>
      )}
      {creator.bot_account && <span class="badge">{t("badge.bot")}</span>}
      {creator.deleted && <span class="badge">{t("badge.deleted")}</span>}
      {view.creator_banned && <span class="badge red">{t("badge.banned")}
      </span>}
      {view.creator_banned_from_community && (
        <span class="badge red">{t("badge.banned_community")}</span>
      )}
      {age < NEW_ACCOUNT && (
        <Icon name="sprout" label={t("badge.new_account")} />
      )}
      {showVotes && (
        <span
          class="badge"
          title={t("vote.given", {
            up: given?.upvotes ?? 0,
            down: given?.downvotes ?? 0,
          })}
        >
          +{given?.upvotes ?? 0} −{given?.downvotes ?? 0}
        </span>
      )}
      {given?.note && <span class="badge warn" dir="auto">{given.note}</span>}
    </>
  );
}
