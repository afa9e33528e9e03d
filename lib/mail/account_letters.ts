import type { Config } from "../config/mod.ts";
import type { Translator } from "../i18n/mod.ts";
import { composeLetter, type Letter } from "./letter.ts";

/**
 * E-mails about accounts (accounts-and-site §6). Each function gives what writes the letter in the
 * addressee's language.
 */

type Site = Pick<Config, "origin" | "hostname">;
type Write = (t: Translator) => Letter;

/** Where people whose application was denied may look for another home. */
const OTHER_INSTANCES = "https://join-lemmy.org/instances";

function account(site: Site, name: string): string {
  return `@${name}@${site.hostname}`;
}

/**
 * Asks for the confirmation of an address.
 * @param applies the account also waits for an admin's approval
 */
export function verificationLetter(
  site: Site,
  { name, token, applies }: { name: string; token: string; applies: boolean },
): Write {
  return (t) =>
    composeLetter(site, t, t("mail.subject.verify", { host: site.hostname }), [
      t("mail.greeting", { name }),
      t("mail.verify", { account: account(site, name) }),
      { link: `${site.origin}/verify_email/${token}` },
      ...(applies ? [t("mail.verify_application")] : []),
      t("mail.unrequested"),
    ]);
}

/** Says that an address is confirmed. */
export function verifiedLetter(site: Site, name: string): Write {
  return (t) =>
    composeLetter(site, t, t("mail.subject.verified", { name }), [
      t("mail.greeting", { name }),
      t("mail.verified", { account: account(site, name) }),
    ]);
}

/** Leads to the choice of a new password. */
export function passwordResetLetter(
  site: Site,
  { name, token }: { name: string; token: string },
): Write {
  return (t) =>
    composeLetter(site, t, t("mail.subject.reset", { name }), [
      t("mail.greeting", { name }),
      t("mail.reset", { account: account(site, name) }),
      { link: `${site.origin}/password_change/${token}` },
      t("mail.unrequested"),
    ]);
}

/** Tells an applicant that they are in. */
export function approvedLetter(site: Site, name: string): Write {
  return (t) =>
    composeLetter(site, t, t("mail.subject.approved", { name }), [
      t("mail.greeting", { name }),
      t("mail.approved", { host: site.hostname }),
      { link: `${site.origin}/login` },
    ]);
}

/**
 * Tells an applicant that they are not.
 * @param reason Markdown of the admin who decided
 */
export function deniedLetter(
  site: Site,
  name: string,
  reason?: string,
): Write {
  return (t) =>
    composeLetter(site, t, t("mail.subject.denied", { name }), [
      t("mail.greeting", { name }),
      t("mail.denied", { host: site.hostname }),
      ...(reason ? [t("mail.reason"), { markdown: reason }] : []),
      t("mail.other_instances"),
      { link: OTHER_INSTANCES },
    ]);
}

/** Tells an admin of a new application. */
export function applicantLetter(site: Site, applicant: string): Write {
  const values = { name: applicant, host: site.hostname };
  return (t) =>
    composeLetter(site, t, t("mail.subject.applicant", values), [
      t("mail.applicant", values),
      { link: `${site.origin}/registration_applications` },
    ]);
}

/** Tells an admin of a new report. @param reported the person, or the community */
export function reportLetter(
  site: Site,
  { reporter, reported }: { reporter: string; reported: string },
): Write {
  const values = { reporter, reported, host: site.hostname };
  return (t) =>
    composeLetter(site, t, t("mail.subject.report", values), [
      t("mail.report", values),
      { link: `${site.origin}/reports` },
    ]);
}
