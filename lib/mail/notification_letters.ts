import type { Config } from "../config/mod.ts";
import type { Translator } from "../i18n/mod.ts";
import { composeLetter, type Letter, type Paragraph } from "./letter.ts";

/** E-mails about notifications (accounts-and-site §6), each for the addressee `name`. */

type Site = Pick<Config, "origin" | "hostname">;
type Write = (t: Translator) => Letter;

/** What a letter tells of a post or comment. */
export interface ItemFacts {
  /** `name` or `name@host`. */
  author: string;
  /** Title of the post, or of the post that is commented on. */
  title: string;
  /** Markdown. */
  text: string;
  /** Title of the community. */
  community: string;
  /** Path of the item on this site. */
  path: string;
  /** Markdown of the comment that is answered. */
  parent?: string;
}

type Kind = "mention" | "reply" | "subscribed";

/** Tells of a post or comment. */
export function itemLetter(
  site: Site,
  name: string,
  kind: Kind,
  item: "post" | "comment",
  facts: ItemFacts,
): Write {
  return (t) => {
    const { author, title, community } = facts;
    const values = { author, title, community };
    const subject = () => {
      if (kind === "mention") return t("mail.subject.mention", values);
      if (kind === "subscribed") {
        return t(`mail.subject.subscribed_${item}`, values);
      }
      return facts.parent === undefined
        ? t("mail.subject.post_reply", values)
        : t("mail.subject.comment_reply", values);
    };
    return composeLetter(site, t, subject(), [
      t("mail.greeting", { name }),
      ...opening(t, kind, item, facts, values),
      ...(facts.text === "" ? [] : [{ markdown: facts.text }]),
      t("mail.link"),
      { link: `${site.origin}${facts.path}` },
      ...inbox(site, t),
    ]);
  };
}

function opening(
  t: Translator,
  kind: Kind,
  item: "post" | "comment",
  { parent }: ItemFacts,
  values: { author: string; title: string; community: string },
): Paragraph[] {
  if (kind === "mention") return [t("mail.mention", values)];
  if (kind === "subscribed") return [t(`mail.subscribed_${item}`, values)];
  if (parent === undefined) return [t("mail.post_reply", values)];
  return [
    t("mail.comment_reply", values),
    { markdown: parent },
    t("mail.comment_reply_with"),
  ];
}

/** Tells of a private message. @param text Markdown */
export function privateMessageLetter(
  site: Site,
  name: string,
  { author, text }: { author: string; text: string },
): Write {
  return (t) =>
    composeLetter(site, t, t("mail.subject.private_message", { author }), [
      t("mail.greeting", { name }),
      t("mail.private_message", { author }),
      { markdown: text },
      ...inbox(site, t),
    ]);
}

/**
 * Tells what a moderator did, or took back.
 * @param describe the action in the addressee's language
 * @param reason Markdown
 */
export function modActionLetter(
  site: Site,
  name: string,
  { reverted, describe, reason }: {
    reverted: boolean;
    describe: (t: Translator) => string;
    reason?: string | null;
  },
): Write {
  return (t) => {
    const action = describe(t);
    const values = { action, host: site.hostname };
    return composeLetter(
      site,
      t,
      t(
        reverted ? "mail.subject.mod_revert" : "mail.subject.mod_action",
        values,
      ),
      [
        t("mail.greeting", { name }),
        t(reverted ? "mail.mod_revert" : "mail.mod_action", values),
        action,
        ...(reason ? [t("mail.reason"), { markdown: reason }] : []),
        ...inbox(site, t),
      ],
    );
  };
}

function inbox(site: Site, t: Translator): Paragraph[] {
  return [t("mail.inbox"), { link: `${site.origin}/inbox` }];
}
