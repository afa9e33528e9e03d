/** What the rows of the authorization matrix are made of: callers, targets and verdicts. */
import type { LemmyHttp, RequestState } from "lemmy-js-client";
import type { ENDPOINTS } from "../../../lib/api/v4/table.ts";

/** Callers, as they stand to one community and the items in it. */
export const ROLES = [
  "anonymous",
  "banned",
  "stranger",
  "expelled",
  "author",
  "second",
  "top",
  "admin",
] as const;
export type Role = typeof ROLES[number];

/** What an action is done to; whoever may do it has items of their own, made for it. */
export interface Target {
  community_id: number;
  post_id: number;
  comment_id: number;
  /** Somebody who has nothing to do with it. */
  person_id: number;
  /** Somebody who is not needed any more. */
  spare_id: number;
  /** The second moderator. */
  moderator_id: number;
  /** Of the community. */
  tag_id: number;
  /** The author's. */
  multi_community_id: number;
  /** Reports by somebody else, of the items above. */
  post_report_id: number;
  comment_report_id: number;
  community_report_id: number;
  message_report_id: number;
  instance_id: number;
  /** From the author to somebody who has nothing to do with the community. */
  private_message_id: number;
}

export type Action = (
  caller: LemmyHttp,
  target: Target,
) => Promise<RequestState<unknown>>;

export const LOGIN = "incorrect_login";
export const OK = "success";
export const EXPELLED = "person_is_banned_from_community";

/** Verdicts in the order of `ROLES`. */
export type Row = [
  name: keyof typeof ENDPOINTS,
  action: Action,
  verdicts: string[],
];

/** Whoever is not banned may do it anywhere. */
export const ACTIVE = [LOGIN, "site_ban", OK, OK, OK, OK, OK, OK];
/** Needs no permission beyond an account. */
export const ACCOUNT = [LOGIN, OK, OK, OK, OK, OK, OK, OK];
/** Whoever may take part in the community. */
export const PARTICIPANT = [LOGIN, "site_ban", OK, EXPELLED, OK, OK, OK, OK];

/** The author alone; moderators and admins no more than strangers. */
export const authorOnly = (code: string) => [
  LOGIN,
  "site_ban",
  code,
  EXPELLED,
  OK,
  code,
  code,
  code,
];
export const MODERATOR = [
  LOGIN,
  "site_ban",
  "not_a_mod_or_admin",
  "not_a_mod_or_admin",
  "not_a_mod_or_admin",
  OK,
  OK,
  OK,
];
export const TOP_MODERATOR = MODERATOR.with(5, "not_top_mod").with(
  7,
  "not_top_mod",
);
/** The author of the post also owns the list of communities. */
export const OWNER_OF_LIST = [
  LOGIN,
  "site_ban",
  ...Array(5).fill("multi_community_update_wrong_user"),
  OK,
].with(4, OK);
/** Moderators are told apart from strangers, but only an admin may. */
export const ADMIN_IN_COMMUNITY = MODERATOR.with(5, "not_an_admin").with(
  6,
  "not_an_admin",
);
export const adminOnly = (verdict: string) => [
  LOGIN,
  "site_ban",
  ...Array(5).fill("not_an_admin"),
  verdict,
];

/** Whoever sent a message; the community it has nothing to do with makes no difference. */
export const SENDER = [
  LOGIN,
  "site_ban",
  ...Array(6).fill("edit_private_message_not_allowed"),
].with(4, OK);

let names = 0;
/** A number that no name has had yet. */
export const nextNumber = (): number => names++;
