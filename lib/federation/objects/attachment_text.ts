import type { Ctx } from "../../domain/context.ts";
import { pipelineInput } from "../../domain/text_input.ts";
import type { Attachment } from "../protocol/mod.ts";
import { refused } from "../received_text.ts";

/** More attachments of one object are not shown. */
const MAX_SHOWN = 20;

/**
 * Attachments as Markdown, one a line (§2.12): what is known to be a picture or video is shown,
 * anything else is a link.
 * @throws FederationError `blocked_url`
 */
export function attachmentLines(
  ctx: Ctx,
  attachments: readonly Attachment[],
): string {
  const lines = attachments.slice(0, MAX_SHOWN)
    .filter(({ url }) => /^https?:/.test(url)).map(line).join("\n");
  return refused(() => pipelineInput(ctx, lines, "content"));
}

function line({ type, url, mediaType, name }: Attachment): string {
  // Brackets would end the target; the address is the same without them.
  const target = url.replaceAll("(", "%28").replaceAll(")", "%29");
  const shown = type === "Image" ||
    /^(?:image|video)/.test(mediaType ?? "") &&
      (type === "Document" || /^image/.test(mediaType!));
  const text = (name ?? "").replace(/\s+/g, " ").trim()
    .replace(/[\\[\]]/g, "\\$&");
  return shown ? `![${text}](${target})` : `[${target}](${target})`;
}
