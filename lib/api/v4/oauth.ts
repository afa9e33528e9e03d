import { z } from "zod";
import {
  authenticateWithOAuth,
  type OAuthResult,
} from "../../domain/oauth/authenticate.ts";
import {
  createOAuthProvider,
  deleteOAuthProvider,
  editOAuthProvider,
} from "../../domain/oauth/provider.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { flag, id, text } from "./schema.ts";

const required = {
  display_name: text,
  authorization_endpoint: text,
  token_endpoint: text,
  userinfo_endpoint: text,
  id_claim: text,
  client_secret: text,
  scopes: text,
};
const switches = {
  auto_verify_email: flag.optional(),
  account_linking_enabled: flag.optional(),
  use_pkce: flag.optional(),
  enabled: flag.optional(),
};

/** Signing in through other sites (accounts-and-site §2.11) */
export const oauth = {
  createOAuthProvider: endpoint({
    method: "POST",
    path: "/oauth_provider",
    auth: "user",
    request: z.object({
      ...required,
      issuer: text,
      client_id: text,
      ...switches,
    }),
    handle: ({ ctx }, input) => createOAuthProvider(ctx, input),
  }),
  editOAuthProvider: endpoint({
    method: "PUT",
    path: "/oauth_provider",
    auth: "user",
    request: z.object(required).partial().extend({ id, ...switches }),
    handle: ({ ctx }, input) => editOAuthProvider(ctx, input),
  }),
  deleteOAuthProvider: endpoint({
    method: "DELETE",
    path: "/oauth_provider",
    auth: "user",
    request: z.object({ id }),
    handle: async ({ ctx }, input) => {
      await deleteOAuthProvider(ctx, input);
      return SUCCESS;
    },
  }),
  authenticateWithOAuth: endpoint({
    method: "POST",
    path: "/oauth/authenticate",
    auth: "none",
    bucket: "register",
    request: z.object({
      code: text,
      oauth_provider_id: id,
      redirect_uri: text,
      show_nsfw: flag.optional(),
      username: text.optional(),
      answer: text.optional(),
      pkce_code_verifier: text.optional(),
      stay_logged_in: flag.optional(),
    }),
    handle: ({ ctx, state }, input): Promise<OAuthResult> =>
      authenticateWithOAuth(ctx, input, state.client),
  }),
};
