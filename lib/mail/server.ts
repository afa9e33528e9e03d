// @ts-types="npm:@types/nodemailer@8.0.2"
import nodemailer from "nodemailer";
import type { Config } from "../config/mod.ts";

/** An e-mail as the mail server gets it. */
export interface Mail {
  messageId: string;
  to: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
}

export type SendResult = { sent: true } | {
  sent: false;
  /** The server will never take it: trying again is of no use. */
  permanent: boolean;
  reason: string;
};

const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;

/** The site's mail server, over SMTP. Connections are kept for a while. */
export class MailServer {
  #from: string;
  #transport;

  /**
   * @param email its address is `smtps://` for TLS from the start; `smtp://` with `?tls=required`
   * demands STARTTLS, with `?tls=opportunistic` takes it when offered, and else does without
   * @param domain what the site greets with; servers refuse mail of a name that nobody has
   */
  constructor(email: NonNullable<Config["email"]>, domain: string) {
    this.#from = email.fromAddress;
    const url = new URL(email.connection);
    const tls = url.searchParams.get("tls");
    const secure = url.protocol === "smtps:";
    this.#transport = nodemailer.createTransport({
      pool: true,
      name: domain,
      maxConnections: 3,
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: url.port === "" ? (secure ? 465 : 25) : Number(url.port),
      secure,
      requireTLS: tls === "required",
      ignoreTLS: tls === null,
      auth: url.username === "" ? undefined : {
        user: decodeURIComponent(url.username),
        pass: decodeURIComponent(url.password),
      },
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      // A text never names a file or an address to be fetched.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** Hands an e-mail over. Never throws: what went wrong is told. */
  async send(mail: Mail): Promise<SendResult> {
    try {
      await this.#transport.sendMail({ from: this.#from, ...mail });
      return { sent: true };
    } catch (error) {
      const { code, responseCode = 0, message } = error as {
        code?: string;
        responseCode?: number;
        message?: string;
      };
      // Refused recipient or content; a refused login is the operator's to mend.
      const refused = code === "EENVELOPE" || code === "EMESSAGE";
      return {
        sent: false,
        permanent: refused && responseCode >= 500,
        reason: message ?? String(error),
      };
    }
  }

  close(): void {
    this.#transport.close();
  }
}
