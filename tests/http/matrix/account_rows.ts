/** People, messages, and the caller's own account. */
import {
  ACCOUNT,
  ACTIVE,
  adminOnly,
  LOGIN,
  OK,
  type Row,
  SENDER,
} from "./verdicts.ts";

export const ACCOUNT_ROWS: Row[] = [
  [
    "notePerson",
    (c, { person_id }) => c.notePerson({ person_id, note: "note" }),
    ACTIVE,
  ],
  [
    "blockPerson",
    (c, { person_id }) => c.blockPerson({ person_id, block: true }),
    ACTIVE,
  ],
  [
    "userBlockInstanceCommunities",
    (c, { instance_id }) =>
      c.userBlockInstanceCommunities({ instance_id, block: true }),
    ACTIVE,
  ],
  [
    "userBlockInstancePersons",
    (c, { instance_id }) =>
      c.userBlockInstancePersons({ instance_id, block: true }),
    ACTIVE,
  ],
  [
    "createPrivateMessage",
    (c, { person_id: recipient_id }) =>
      c.createPrivateMessage({ recipient_id, content: "psst" }),
    ACTIVE,
  ],
  [
    "editPrivateMessage",
    (c, { private_message_id }) =>
      c.editPrivateMessage({ private_message_id, content: "other" }),
    SENDER,
  ],
  [
    "deletePrivateMessage",
    (c, { private_message_id }) =>
      c.deletePrivateMessage({ private_message_id, deleted: true }),
    SENDER,
  ],
  [
    "markNotificationAsRead",
    (c) => c.markNotificationAsRead({ notification_id: 1, read: true }),
    ACCOUNT,
  ],
  [
    "markAllNotificationsAsRead",
    (c) => c.markAllNotificationsAsRead(),
    ACCOUNT,
  ],
  [
    "createRegistrationInvitation",
    (c) => c.createRegistrationInvitation({ max_uses: 1 }),
    ACCOUNT,
  ],
  [
    "revokeRegistrationInvitation",
    // Somebody else's, which not even admins may take back.
    (c) => c.revokeRegistrationInvitation({ token: "bystander" }),
    [LOGIN, ...Array(7).fill("invalid_invite_token")],
  ],
  [
    "approveRegistrationApplication",
    (c) => c.approveRegistrationApplication({ id: 999_999, approve: true }),
    adminOnly("couldnt_update"),
  ],
  ["generateTotpSecret", (c) => c.generateTotpSecret(), ACTIVE],
  [
    "editTotp",
    async (c) => {
      await c.generateTotpSecret();
      return await c.editTotp({ totp_token: "wrong", enabled: true });
    },
    [LOGIN, "site_ban", ...Array(6).fill("incorrect_totp_token")],
  ],
  [
    "createOAuthProvider",
    (c) =>
      c.createOAuthProvider({
        display_name: "Provider",
        issuer: "https://oidc.example",
        authorization_endpoint: "https://oidc.example/auth",
        token_endpoint: "https://oidc.example/token",
        userinfo_endpoint: "https://oidc.example/me",
        id_claim: "sub",
        client_id: "tundra",
        client_secret: "secret",
        scopes: "openid",
      }),
    adminOnly(OK),
  ],
  [
    "editOAuthProvider",
    (c) => c.editOAuthProvider({ id: 999_999, scopes: "openid" }),
    adminOnly("couldnt_update"),
  ],
  [
    "deleteOAuthProvider",
    (c) => c.deleteOAuthProvider({ id: 999_999 }),
    adminOnly(OK),
  ],
  ["importUserSettings", (c) => c.importUserSettings({} as never), ACTIVE],
  [
    "deleteAccount",
    // A wrong password: a right one would end the caller.
    (c) => c.deleteAccount({ password: "wrong", delete_content: false }),
    Array(8).fill(LOGIN),
  ],
  ["markDonationDialogShown", (c) => c.markDonationDialogShown(), ACCOUNT],
  ["saveUserSettings", (c) => c.saveUserSettings({ theme: "dark" }), ACTIVE],
  [
    "changePassword",
    // A wrong old password: a right one would end the caller's session.
    (c) =>
      c.changePassword({
        old_password: "wrong",
        new_password: "a long new word",
        new_password_verify: "a long new word",
      }),
    [LOGIN, "site_ban", ...Array(6).fill(LOGIN)],
  ],
];
