import { loadConfig } from "../config/mod.ts";
import type { Config } from "../config/types.ts";
import { type CommandName, parseArgs } from "./args.ts";
import { describeFatal } from "./explain.ts";
import { helpText, versionText } from "./help.ts";
import type { Logger } from "./log.ts";
import { processLogger } from "./process_log.ts";

export type Command = (config: Config, log: Logger) => Promise<void>;
export type Commands = Record<
  Exclude<CommandName, "help" | "version">,
  Command
>;

/**
 * Runs what the command line asks for and resolves to the exit status of the program: 0, 1 for a
 * fault of operation, 2 for wrong usage or settings, 70 for a fault of the program. Errors are
 * printed on standard error.
 */
export async function runCommandLine(
  args: readonly string[],
  commands: Commands,
): Promise<number> {
  try {
    const { command, flags } = parseArgs(args);
    if (command === "help" || command === "version") {
      print(Deno.stdout, command === "help" ? helpText() : versionText());
      return 0;
    }
    const config = await loadConfig({ args: flags });
    const log = processLogger(config);
    for (const warning of config.warnings) log.warn(warning);
    await commands[command](config, log);
    return 0;
  } catch (error) {
    const { text, exitCode } = describeFatal(error);
    print(Deno.stderr, text);
    return exitCode;
  }
}

function print(
  stream: { writeSync(bytes: Uint8Array): number },
  text: string,
): void {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) {
    done += stream.writeSync(bytes.subarray(done));
  }
}
