import { VARIABLES } from "../config/environment.ts";
import { VERSION } from "../config/version.ts";
import { COMMANDS, FLAGS } from "./args.ts";

/** The text of `--help`. */
export function helpText(): string {
  const flags = Object.entries(FLAGS).map(([name, { value, help }]) =>
    [value ? `${name} ${value}` : name, help] as const
  );
  return `Tundra ${VERSION}: a federated link aggregator and forum

Usage: tundra [COMMAND] [FLAGS]

Commands
${table(Object.entries(COMMANDS))}

Flags (they win over the environment, which wins over the file)
${table([...flags, ["--help, --version", "show this text, the version"]])}

Environment
${table(Object.entries(VARIABLES))}

Configuration file
  Lemmy's lemmy.hjson, and one block of our own:
    tundra: {
      data_dir: ./data
      workers: 2
      trusted_proxies: [10.0.0.0/8]
      images: { directory: ./images }
      themes_dir: ./themes
      nodeinfo_name: lemmy
      donation_url: https://example.org/donate
    }
  Images in S3-compatible storage:
      images: { s3: { endpoint, region, bucket, access_key, secret_key } }
  Settings of the embedded PostgreSQL: DATA_DIR/postgresql/custom.conf

Examples
  tundra
      try it: http://localhost:8536, reachable from this machine only
  LEMMY_HOSTNAME=example.org tundra
      a public site behind a proxy that does TLS for example.org
  tundra --config /etc/lemmy/lemmy.hjson --data-dir /srv/tundra
      with the configuration of a Lemmy server
  LEMMY_DATABASE_URL=postgres://tundra:secret@db:5432/tundra tundra migrate
      prepare the database of an own PostgreSQL server
  tundra --disable-http-server --federate-process-index 1 --federate-process-count 2
      the first of two processes that only deliver and do periodic work
`;
}

/** The text of `--version`. */
export function versionText(): string {
  return `tundra ${VERSION}\n`;
}

/** Two columns; a line feed in the second continues there. */
function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, text]) =>
    `  ${name.padEnd(width)}${
      text.replaceAll("\n", `\n${" ".repeat(width + 2)}`)
    }`
  ).join("\n");
}
