import type { Config } from "../config/mod.ts";
import type { Translator } from "../i18n/mod.ts";
import { renderMarkdown } from "../markdown/mod.ts";

/** An e-mail's content, as text and as HTML that say the same. */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** A paragraph: a sentence, an address to open, or what somebody wrote. */
export type Paragraph = string | { link: string } | { markdown: string };

/** Longest subject in characters: titles and names in it may have any length. */
const SUBJECT_LENGTH = 150;

/**
 * Makes an e-mail of paragraphs. What people wrote is quoted: as they wrote it in the text, as
 * safe HTML without pictures (which would tell their server who reads) in the other part.
 */
export function composeLetter(
  config: Pick<Config, "origin" | "hostname">,
  t: Translator,
  subject: string,
  paragraphs: readonly Paragraph[],
): Letter {
  const html = paragraphs.map((part) => htmlOf(config, part)).join("\n");
  return {
    subject: shorten(subject.replace(/\s+/g, " ")),
    text: `${paragraphs.map(textOf).join("\n\n")}\n`,
    html: `<!DOCTYPE html>
<html lang="${t.language}" dir="${t.direction}">
<head><meta charset="utf-8"><title>${escape(subject)}</title></head>
<body>
${html}
</body>
</html>
`,
  };
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= SUBJECT_LENGTH
    ? text
    : `${characters.slice(0, SUBJECT_LENGTH - 1).join("")}…`;
}

function textOf(part: Paragraph): string {
  if (typeof part === "string") return part;
  if ("link" in part) return part.link;
  return part.markdown.split(/\r?\n/).map((line) => `> ${line}`.trimEnd())
    .join("\n");
}

function htmlOf(
  config: Pick<Config, "origin" | "hostname">,
  part: Paragraph,
): string {
  if (typeof part === "string") return `<p dir="auto">${escape(part)}</p>`;
  if ("link" in part) {
    const address = escape(part.link);
    return `<p><a href="${address}">${address}</a></p>`;
  }
  const html = renderMarkdown(part.markdown, {
    idPrefix: "mail",
    variant: "no_images",
    localHost: config.hostname,
  });
  // Links within the site lead nowhere from a mail. No text can contain this: quotes are escaped.
  return `<blockquote dir="auto">${
    html.replaceAll(' href="/', ` href="${config.origin}/`)
  }</blockquote>`;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]);
}
