import { type FedCtx, FetchBudget } from "../../lib/federation/context.ts";
import { hostOf } from "../../lib/federation/ids.ts";
import {
  storeMessage,
  verifyMessage,
} from "../../lib/federation/objects/received_message.ts";
import {
  storeNote,
  verifyNote,
} from "../../lib/federation/objects/received_note.ts";
import {
  storePage,
  verifyPage,
} from "../../lib/federation/objects/received_page.ts";
import {
  note,
  page,
  privateMessage,
  read,
} from "../../lib/federation/protocol/mod.ts";
import type { Remote } from "./remote.ts";
import { type SharedStage, sharedStage } from "./remote_stage.ts";

type Json = Record<string, unknown>;

/** A server with two persons, whose posts the tests receive. */
export const A = "https://a.test";
export const MIA = `${A}/u/mia`;
/** A community of a third server. */
export const BIRDS = "https://b.test/c/birds";

/** The site that receives, and the other servers; everything is shared by the tests of a file. */
export interface Receiver {
  site: SharedStage["site"];
  /** A context with a full budget, whose requests go to the other servers. */
  stage(): Promise<{ ctx: FedCtx; remote: Remote }>;
  /** The same, with actors on three servers. */
  scene(): Promise<{ ctx: FedCtx; remote: Remote }>;
}

/** To be called once by a file of tests, outside of them. */
export function receiver(): Receiver {
  const { site, stage: plain } = sharedStage();
  const stage = async () => {
    const { remote, ctx } = await plain();
    return { remote, ctx: { ...ctx, budget: new FetchBudget() } };
  };
  return {
    site,
    stage,
    async scene() {
      const { ctx, remote } = await stage();
      remote.person(MIA);
      remote.person(`${A}/u/max`);
      remote.person("https://c.test/u/eve");
      remote.group(BIRDS);
      return { ctx, remote };
    },
  };
}

/** Checks and stores a post that was found under its id. */
export async function receivePage(ctx: FedCtx, json: Json) {
  const post = read(page, json);
  return await storePage(
    ctx,
    await verifyPage(ctx, post, { expectedHost: hostOf(post.id) }),
  );
}

/** The same for a comment. */
export async function receiveNote(ctx: FedCtx, json: Json) {
  const comment = read(note, json);
  return await storeNote(
    ctx,
    await verifyNote(ctx, comment, { expectedHost: hostOf(comment.id) }),
  );
}

/** The same for a private message. */
export async function receiveMessage(ctx: FedCtx, json: Json) {
  const message = read(privateMessage, json);
  return await storeMessage(
    ctx,
    await verifyMessage(ctx, message, { expectedHost: hostOf(message.id) }),
  );
}
