import type { Config } from "../../config/mod.ts";
import { OperatorError } from "../../config/operator_error.ts";
import { localActorId } from "../actor_name.ts";
import { hashPassword } from "../account/password.ts";
import type { Db } from "../context.ts";
import { query } from "../context.ts";
import { generateKeyPair } from "../keys.ts";
import { randomText } from "../random_text.ts";
import { checkActorName } from "../text/rules.ts";

/** Asked of applicants until the admin writes a better one. */
const APPLICATION_QUESTION =
  "Please tell us who you are and why you would like an account here. A few sentences are enough.";

/** Any number: serialises the first starts of several processes. */
const FIRST_START_LOCK = 7_236_001;

/** The domain of an instance row: the host name without its port. */
export function instanceDomain(hostname: string): string {
  return hostname.replace(/:\d+$/, "").toLowerCase();
}

/**
 * Creates instance, site, system account and settings, and the admin that the configuration names,
 * unless they exist (moderation-and-operations §10).
 * @returns whether anything was created
 * @throws OperatorError when nobody can have the admin's name
 */
export async function firstStart(db: Db, config: Config): Promise<boolean> {
  const existing = await query({ db }, "select from local_site");
  if (existing.length > 0) return false;
  const { setup } = config;
  const withAdmin = Boolean(setup.adminUsername && setup.adminPassword);
  if (withAdmin) checkAdminName(setup.adminUsername!);
  const [siteKeys, adminKeys, password_encrypted] = await Promise.all([
    generateKeyPair(),
    generateKeyPair(),
    withAdmin ? hashPassword(setup.adminPassword!) : null,
  ]);
  return await db.transaction().execute(async (db) => {
    const ctx = { db };
    await query(ctx, `select pg_advisory_xact_lock(${FIRST_START_LOCK})`);
    const created = await query(ctx, "select from local_site");
    if (created.length > 0) return false;
    const inbox_url = `${config.origin}/inbox`;
    const instance = await db.insertInto("instance").values({
      domain: instanceDomain(config.hostname),
    }).returning("id").executeTakeFirstOrThrow();
    const site = await db.insertInto("site").values({
      name: setup.siteName ?? "New Site",
      ap_id: `${config.origin}/`,
      inbox_url,
      instance_id: instance.id,
      ...siteKeys,
    }).returning("id").executeTakeFirstOrThrow();
    const systemName = `lemmy_${randomText(14)}`;
    const system = await db.insertInto("person").values({
      name: systemName,
      ap_id: `${config.origin}/u/${systemName}`,
      inbox_url,
      bot_account: true,
      instance_id: instance.id,
      ...siteKeys,
    }).returning("id").executeTakeFirstOrThrow();
    const localSite = await db.insertInto("local_site").values({
      site_id: site.id,
      system_account: system.id,
      site_setup: withAdmin,
      application_question: APPLICATION_QUESTION,
    }).returning("id").executeTakeFirstOrThrow();
    await db.insertInto("local_site_rate_limit").values({
      local_site_id: localSite.id,
    }).execute();
    await query(
      ctx,
      "insert into site_language (site_id, language_id) select $1::int4, id from language",
      [site.id],
    );
    if (withAdmin) {
      const person = await db.insertInto("person").values({
        name: setup.adminUsername!,
        ap_id: localActorId(config, "person", setup.adminUsername!),
        inbox_url,
        instance_id: instance.id,
        ...adminKeys,
      }).returning("id").executeTakeFirstOrThrow();
      const user = await db.insertInto("local_user").values({
        person_id: person.id,
        email: setup.adminEmail?.toLowerCase() ?? null,
        password_encrypted,
        admin: true,
        accepted_application: true,
      }).returning("id").executeTakeFirstOrThrow();
      await query(
        ctx,
        "insert into local_user_language (local_user_id, language_id) select $1::int4, id from language",
        [user.id],
      );
    }
    return true;
  });
}

function checkAdminName(name: string): void {
  try {
    checkActorName(name);
  } catch (cause) {
    throw new OperatorError(
      `setup.admin_username: "${name}" is not allowed; expected 2 to 20 letters, digits and _`,
      { exitCode: 2, cause },
    );
  }
}
