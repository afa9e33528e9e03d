/**
 * Compile-time: for every endpoint our answer is what the official client declares, and the
 * client's request is what our schema accepts. `deno check` fails where they part.
 */
import type {
  CreateInvitationResponse,
  FederatedInstanceView,
  LemmyHttp,
  LocalUserInvite,
  PagedResponse,
  PersonResponse,
  UserSettingsBackup,
} from "lemmy-js-client";
import type { z } from "zod";
import { ENDPOINTS } from "../../lib/api/v4/table.ts";
import { test } from "../harness.ts";

type Table = typeof ENDPOINTS;

type Invite = Omit<LocalUserInvite, "id" | "local_user_id">;

/** What the server really sends where the client's package declares something else. */
interface WireResponses {
  notePerson: PersonResponse;
  /** Without the internal ids. */
  createRegistrationInvitation: Omit<CreateInvitationResponse, "invite"> & {
    invite: Invite;
  };
  listRegistrationInvitations: PagedResponse<Invite>;
  exportUserSettings: UserSettingsBackup;
  adminBlockInstance: FederatedInstanceView;
  adminAllowInstance: FederatedInstanceView;
}

/** Endpoints of the server that the client's package lacks. */
type ServerOnly =
  | "exportUserData"
  | "listFederationQueues"
  | "pauseFederationQueue"
  | "listReceivedActivities"
  | "retryReceivedActivity"
  | "discardReceivedActivity"
  | "listUnsentEvents"
  | "retryUnsentEvent"
  | "discardUnsentEvent";

/** The client's own answer type of a method. */
type ClientAnswer<Name extends keyof LemmyHttp> = Name extends
  keyof WireResponses ? WireResponses[Name]
  : Extract<
    Awaited<ReturnType<Extract<LemmyHttp[Name], (form: never) => unknown>>>,
    { state: "success" }
  > extends { data: infer Data } ? Data
  : never;

type ClientRequest<Name extends keyof LemmyHttp> = NonNullable<
  Parameters<Extract<LemmyHttp[Name], (...form: never[]) => unknown>>[0]
>;

type Answer<Name extends keyof Table> = Awaited<
  ReturnType<Table[Name]["handle"]>
>;
type Request<Name extends keyof Table> = z.input<Table[Name]["request"]>;

/** Fields that are null instead of absent (accounts-and-site §11); the client takes both. */
type NullAsAbsent<T> = T extends null ? undefined
  : T extends (infer Item)[] ? NullAsAbsent<Item>[]
  : T extends object ? { [Key in keyof T]: NullAsAbsent<T[Key]> }
  : T;

/** Endpoints whose answer the client would not take. */
type WrongAnswers = {
  [Name in keyof Table]: Name extends keyof LemmyHttp
    ? NullAsAbsent<Answer<Name>> extends ClientAnswer<Name> ? never : Name
    : Exclude<Name, ServerOnly>;
}[keyof Table];

/** Endpoints whose schema would refuse what the client may send; those without input aside. */
type WrongRequests = {
  [Name in keyof Table]: string extends keyof Request<Name> ? never
    : Name extends keyof LemmyHttp
      ? ClientRequest<Name> extends Request<Name> ? never : Name
    : Exclude<Name, ServerOnly>;
}[keyof Table];

/** Only `never` fits; the error message names the endpoints that part. */
type None<Names extends never> = Names[];

test("every endpoint is typed as the official client declares it", (t) => {
  const wrongAnswers: None<WrongAnswers> = [];
  const wrongRequests: None<WrongRequests> = [];
  t.equal([...wrongAnswers, ...wrongRequests], []);
  t.ok(Object.keys(ENDPOINTS).length > 40);
});
