import { renderMarkdown } from "../lib/markdown/mod.ts";
import { showsMedia, type Ui } from "./ui.ts";

/** Rendered Markdown. `id` names the text on the page, for footnotes. */
export function Markdown(
  { ui, text, id, variant = "full" }: {
    ui: Ui;
    text: string;
    id: string;
    variant?: "full" | "no_images";
  },
) {
  const html = renderMarkdown(text, {
    idPrefix: id,
    localHost: ui.hostname,
    variant,
    showMedia: showsMedia(ui),
    openInNewTab: ui.viewer?.local_user.open_links_in_new_tab ?? false,
  });
  // deno-lint-ignore react-no-danger
  return <div class="md" dangerouslySetInnerHTML={{ __html: html }} />;
}
