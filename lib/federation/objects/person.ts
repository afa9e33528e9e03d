import type { Ctx } from "../../domain/context.ts";
import {
  filled,
  imageMember,
  type Json,
  publicKeyMember,
  rowOf,
  textMembers,
} from "./send.ts";

interface Row {
  ap_id: string;
  name: string;
  display_name: string | null;
  bio: string | null;
  avatar: string | null;
  banner: string | null;
  matrix_user_id: string | null;
  bot_account: boolean;
  inbox_url: string;
  public_key: string;
  published_at: string;
  updated_at: string | null;
}

/** A local person (§2.5). */
export async function personObject(ctx: Ctx, id: number): Promise<Json> {
  const row = await rowOf<Row>(
    ctx,
    `select ap_id, name, display_name, bio, avatar, banner, matrix_user_id, bot_account, inbox_url,
       public_key, published_at, updated_at from person where id = $1::int4`,
    id,
  );
  const { mediaType: _, ...bio } = textMembers(ctx, row.bio, "summary");
  return filled({
    type: row.bot_account ? "Service" : "Person",
    id: row.ap_id,
    preferredUsername: row.name,
    name: row.display_name,
    ...bio,
    icon: imageMember(row.avatar),
    image: imageMember(row.banner),
    matrixUserId: row.matrix_user_id,
    inbox: row.inbox_url,
    outbox: `${row.ap_id}/outbox`,
    publicKey: publicKeyMember(row.ap_id, row.public_key),
    published: row.published_at,
    updated: row.updated_at,
  });
}
