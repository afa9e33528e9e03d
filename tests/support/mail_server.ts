/** A real mail server on loopback that keeps what it is given. */
// @ts-types="npm:@types/mailparser@3.4.6"
import { simpleParser } from "npm:mailparser@3.14.2";
// @ts-types="npm:@types/smtp-server@3.5.13"
import { SMTPServer } from "npm:smtp-server@3.21.6";
import { freePort } from "./port.ts";

/** An e-mail as it arrived. */
export interface ReceivedMail {
  /** Of the envelope. */
  to: string;
  /** What the sender greeted with. */
  greeting: string;
  /** As written in the header, with the name. */
  toHeader: string;
  from: string;
  messageId: string;
  subject: string;
  text: string;
  html: string;
}

export interface MailServer {
  /** For `email.connection` of the configuration. */
  url: string;
  /** Everything received so far. */
  readonly received: ReceivedMail[];
  /** Takes the next e-mail to this address out; waits for it for ten seconds. */
  take(to: string): Promise<ReceivedMail>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** Starts a mail server. @param options.refuse addresses that it refuses for good */
export async function startMailServer(
  options: { port?: number; refuse?: string[] } = {},
): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    // The site keeps its connections for the next e-mail.
    closeTimeout: 100,
    disabledCommands: ["STARTTLS", "AUTH"],
    onRcptTo({ address }, _session, callback) {
      const refused = options.refuse?.includes(address);
      callback(
        refused
          ? Object.assign(new Error("no such mailbox"), { responseCode: 550 })
          : undefined,
      );
    },
    onData(stream, session, callback) {
      simpleParser(stream).then((mail) => {
        received.push({
          to: session.envelope.rcptTo[0].address,
          greeting: session.hostNameAppearsAs,
          toHeader: [mail.to ?? []].flat().map((to) => to.text).join(", "),
          from: mail.from?.text ?? "",
          messageId: mail.messageId ?? "",
          subject: mail.subject ?? "",
          text: mail.text ?? "",
          html: mail.html || "",
        });
        callback();
      }, callback);
    },
  });
  const port = options.port ?? freePort();
  await new Promise<void>((resolve) =>
    server.listen(port, "127.0.0.1", () => resolve())
  );
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    async take(to) {
      const end = Date.now() + TIMEOUT_MS;
      for (;;) {
        const index = received.findIndex((mail) => mail.to === to);
        if (index >= 0) return received.splice(index, 1)[0];
        if (Date.now() > end) throw new Error(`no e-mail to ${to} came`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
