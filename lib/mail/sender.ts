import type { Config } from "../config/mod.ts";
import type { Logger } from "../cli/log.ts";
import { isConnectionError } from "../db/connection.ts";
import { type Db, query } from "../domain/context.ts";
import { MailServer } from "./server.ts";

/** Milliseconds between two looks at the queue. */
const POLL_MS = 1000;
/** E-mails of one claim; each server connection sends one at a time. */
const BATCH = 20;
/** Milliseconds for which a claim holds; longer than the time limits of an attempt. */
const CLAIM_MS = 10 * 60_000;
/** Wait after the first failed attempt, doubled by each further one up to the longest. */
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 6 * 3600_000;
/** An e-mail that could not be sent for so long is given up. */
const GIVE_UP_MS = 5 * 24 * 3600_000;

interface QueuedMail {
  id: number;
  message_id: string;
  to_name: string;
  to_address: string;
  subject: string;
  body_text: string;
  body_html: string;
  attempts: number;
  published_at: string;
}

/**
 * Sends what is queued, in any number of processes: a row is claimed, sent outside of any
 * transaction, and deleted. A crash in between sends it once more, under the same Message-ID.
 */
export class MailSender {
  #db: Db;
  #log: Logger;
  #server: MailServer;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #working: Promise<void> | null = null;
  #stopped = false;

  /** @param domain of the site, without a port */
  constructor(
    db: Db,
    log: Logger,
    email: NonNullable<Config["email"]>,
    domain: string,
  ) {
    this.#db = db;
    this.#log = log.module("mail");
    this.#server = new MailServer(email, domain);
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#working = this.#work().finally(() => {
        this.#working = null;
        if (!this.#stopped) this.start();
      });
    }, POLL_MS);
  }

  /** Breaks off what is being sent; it is sent at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#server.close();
    await this.#working;
  }

  async #work(): Promise<void> {
    try {
      let count;
      do {
        const mails = await this.#claim();
        count = mails.length;
        await Promise.all(mails.map((mail) => this.#send(mail)));
      } while (count === BATCH && !this.#stopped);
    } catch (error) {
      // While the database is away the next look finds what was missed.
      if (!isConnectionError(error)) {
        this.#log.error("the queue of e-mails cannot be worked off", { error });
      }
    }
  }

  async #claim(): Promise<QueuedMail[]> {
    return await query<QueuedMail>(
      { db: this.#db },
      `update outgoing_mail set attempts = attempts + 1,
         next_attempt_at = now() + ${CLAIM_MS} * interval '1 millisecond'
       where id in (select id from outgoing_mail where next_attempt_at <= now()
         order by next_attempt_at, id limit ${BATCH} for update skip locked)
       returning id, message_id, to_name, to_address, subject, body_text, body_html, attempts,
         published_at`,
    );
  }

  async #send(mail: QueuedMail): Promise<void> {
    const result = await this.#server.send({
      messageId: mail.message_id,
      to: { name: mail.to_name, address: mail.to_address },
      subject: mail.subject,
      text: mail.body_text,
      html: mail.body_html,
    });
    if (result.sent) {
      await this.#delete(mail);
      return;
    }
    const { permanent, reason } = result;
    const age = Date.now() - Date.parse(mail.published_at);
    if (permanent || age > GIVE_UP_MS) {
      this.#log.warn("an e-mail was given up", { mail: mail.id, reason });
      await this.#delete(mail);
      return;
    }
    const wait = this.#stopped ? 0 : Math.min(
      FIRST_RETRY_MS * 2 ** (mail.attempts - 1),
      LONGEST_RETRY_MS,
    );
    await query(
      { db: this.#db },
      `update outgoing_mail set next_attempt_at = now() + $2::float8 * interval '1 millisecond'
       where id = $1::int8`,
      [mail.id, wait],
    );
    if (!this.#stopped) {
      this.#log.warn("an e-mail could not be sent; it is tried again", {
        mail: mail.id,
        attempt: mail.attempts,
        reason,
      });
    }
  }

  async #delete(mail: QueuedMail): Promise<void> {
    await query(
      { db: this.#db },
      "delete from outgoing_mail where id = $1::int8",
      [mail.id],
    );
  }
}
