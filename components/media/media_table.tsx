import { actorHandle } from "../../lib/domain/actor_name.ts";
import type { LocalImageView } from "../../lib/domain/image/list.ts";
import { PersonLink } from "../person/person_link.tsx";
import { scaledPicture } from "../pictures.ts";
import { Time } from "../time.tsx";
import { showsMedia, type Ui } from "../ui.ts";

const VIDEO = /\.(?:mp4|webm)$/;

/** Stored images with their uploaders, and the way to delete them (web-ui §4.12). */
export function MediaTable(
  { ui, origin, items, everybody = false }: {
    ui: Ui;
    /** Scheme and host of this site. */
    origin: string;
    items: readonly LocalImageView[];
    /** Whether it is everybody's list, whose reader deletes for everybody. */
    everybody?: boolean;
  },
) {
  const { t } = ui;
  if (items.length === 0) return <p class="card">{t("empty.uploads")}</p>;
  return (
    <ul class="posts">
      {items.map(({ local_image, person, post }) => {
        const { pictrs_alias: alias } = local_image;
        const url = `${origin}/api/v4/image/${alias}`;
        const shown = showsMedia(ui) && !VIDEO.test(alias);
        return (
          <li key={alias} class="row post">
            <a class={shown ? "thumb pic" : "thumb"} href={url}>
              {shown && (
                <img
                  src={scaledPicture(ui, url, "thumbnail")}
                  alt=""
                  width={72}
                  height={72}
                  loading="lazy"
                />
              )}
            </a>
            <div class="t grow">
              <a href={url}>
                <bdi dir="ltr">{alias}</bdi>
              </a>
              <div class="meta">
                <Time ui={ui} at={local_image.published_at} />
                {everybody && <PersonLink ui={ui} person={person} />}
                {post && (
                  <a href={`/post/${post.id}`}>
                    {t("table.used_in")} {post.name}
                  </a>
                )}
              </div>
            </div>
            <a
              class="btn bad"
              href={deletePath(
                alias,
                everybody ? "/admin/uploads" : ownUploads(person),
              )}
              rel="nofollow"
            >
              {t("action.delete")}
            </a>
          </li>
        );
      })}
    </ul>
  );
}

/** The list of a person's own uploads. */
export function ownUploads(
  person: { name: string; ap_id: string; local: boolean },
): string {
  return `/u/${actorHandle(person)}?contentType=uploads`;
}

function deletePath(alias: string, back: string): string {
  return `/upload/delete?${new URLSearchParams({
    filename: alias,
    return: back,
  })}`;
}
