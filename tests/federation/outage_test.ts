/** A server that answers nothing for a week, and then is there again. */
import { setTimeout as sleep } from "node:timers/promises";
import type postgres from "postgres";
import { cleanFederationLogs } from "../../lib/jobs/federation.ts";
import { test } from "../harness.ts";
import { onStage, range } from "../support/delivery_stage.ts";
import { relay, startRawPeer } from "../support/raw_peer.ts";
import { until } from "../support/until.ts";

const DAY = 86_400;

/** Lets time pass: whatever has happened is that much longer ago. */
async function pass(sql: postgres.Sql, seconds: number): Promise<void> {
  await sql`with
    i as (update instance set published_at = published_at - ${seconds}::float8 * interval '1 second',
      updated_at = updated_at - ${seconds}::float8 * interval '1 second',
      checked_at = checked_at - ${seconds}::float8 * interval '1 second'),
    a as (update sent_activity set published_at = published_at - ${seconds}::float8 * interval '1 second')
    update federation_queue_state set
      last_retry_at = last_retry_at - ${seconds}::float8 * interval '1 second',
      last_successful_published_time_at =
        last_successful_published_time_at - ${seconds}::float8 * interval '1 second'`;
}

test("a server that is away for a week gets everything afterwards, in order and once", async (t) => {
  let away = true;
  await onStage(
    async ({ site, sender, peer, taken, start, until: taking, state }) => {
      const { sql } = site.job;
      const front = startRawPeer(async (connection, head) => {
        if (!away) await relay(connection, head, peer.port);
      });
      const asked = (method: string) =>
        front.requests.filter((request) => request.startsWith(method)).length;
      let written = 0;
      /** Something is written, and the day's work is done. */
      const day = async () => {
        await sender.append([{ changes: ["post"] }, { changes: ["post"] }]);
        written += 2;
        await cleanFederationLogs({ ...site.job, now: new Date() });
      };
      try {
        await sender.follow("a.localhost", front.url("a", "/inbox"));
        await day();
        // As long as it may come back, it is asked after 1.25^(n-1) seconds (§5.3).
        let seconds = 0;
        let days = 0;
        for (let failures = 2; seconds < 3 * DAY; failures++) {
          const sending = start();
          await until(() => asked("POST"), (count) => count >= failures);
          await sending.stop();
          t.equal((await state("a")).fail_count as number, failures);
          const wait = Math.min(1.25 ** (failures - 1), DAY);
          if (failures % 12 === 0) {
            await pass(sql, wait / 2);
            const early = start();
            await sleep(150);
            await early.stop();
            t.equal(asked("POST"), failures, `too early after ${failures}`);
            await pass(sql, wait / 2);
          } else await pass(sql, wait);
          seconds += wait;
          for (; days < Math.floor(seconds / DAY); days++) await day();
        }
        const attempts = asked("POST");
        t.ok(attempts > 45 && attempts < 55, `${attempts} attempts`);

        // From then on only whether it lives is asked, once a day.
        for (; days < 7; days++) {
          const lookups = asked("GET");
          const sending = start();
          await until(() => asked("GET"), (count) => count > lookups);
          await sleep(100);
          await sending.stop();
          await pass(sql, DAY);
          await day();
        }
        t.equal(asked("POST"), attempts);
        t.equal(taken.get("a"), undefined);

        away = false;
        start();
        await taking("a", written);
        await sleep(100);
        t.equal(taken.get("a"), range(written));
        t.ok(written >= 16);
      } finally {
        await front.stop();
      }
    },
  );
});
