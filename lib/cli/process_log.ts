import type { Config } from "../config/types.ts";
import { createLogger, type Logger } from "./log.ts";

/** The logger that the settings and the environment ask for. */
export function processLogger(config: Pick<Config, "jsonLogging">): Logger {
  return createLogger({
    json: config.jsonLogging,
    filter: Deno.env.get("RUST_LOG"),
    color: Deno.stderr.isTerminal() && !Deno.env.get("NO_COLOR"),
  });
}
