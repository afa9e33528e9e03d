import { scaledPicture } from "../pictures.ts";
import { Icon } from "../icon.tsx";
import { showsMedia, type Ui } from "../ui.ts";
import type { PostView } from "../../lib/domain/views.ts";
import { mediaKind } from "./media.ts";

/** Whether a post's pictures are blurred for this reader (web-ui §4.2). */
export function isBlurred(ui: Ui, view: PostView): boolean {
  const nsfw = view.post.nsfw || view.community.nsfw;
  const blur = ui.viewer?.local_user.blur_nsfw ??
    ui.site.site.content_warning === undefined;
  return nsfw && blur;
}

/** The square beside a list item: a picture, or a sign of what the link is. */
export function Thumbnail({ ui, view }: { ui: Ui; view: PostView }) {
  const { post } = view;
  const { t } = ui;
  const kind = mediaKind(post);
  const animated = ui.viewer?.local_user.animated_images_enabled ?? true;
  const picture = post.thumbnail_url ??
    (kind === "image" ? post.url : undefined);
  const shown = picture !== undefined && showsMedia(ui) &&
    (animated || !/\.gif($|\?)/i.test(picture));
  const href = post.url ?? `/post/${post.id}`;
  const label = t(
    kind === "text"
      ? "form.body"
      : kind === "image"
      ? "post.open_image"
      : kind === "link"
      ? "post.open_link"
      : "post.play",
  );
  const icon = kind === "text"
    ? "text"
    : kind === "image"
    ? "image"
    : kind === "link"
    ? "link"
    : "play";
  const newTab = ui.viewer?.local_user.open_links_in_new_tab && post.url;
  return (
    <a
      class={shown ? "thumb pic" : "thumb narrow-hide"}
      href={href}
      rel={post.url ? "noopener nofollow ugc" : undefined}
      target={newTab ? "_blank" : undefined}
      aria-label={label}
      tabIndex={-1}
    >
      {shown
        ? (
          <img
            src={scaledPicture(ui, picture, "thumbnail")}
            alt={post.alt_text ?? ""}
            width={72}
            height={72}
            loading="lazy"
            decoding="async"
            class={isBlurred(ui, view) ? "blur" : undefined}
          />
        )
        : <Icon name={icon} />}
    </a>
  );
}
