import { OperatorError } from "../config/operator_error.ts";
import type { ConfigFlags } from "../config/types.ts";

export type CommandName = "serve" | "migrate" | "seed" | "help" | "version";

/** What the command line asks for. */
export interface CommandLine {
  command: CommandName;
  flags: ConfigFlags;
}

interface Flag {
  /** Field of {@link ConfigFlags}. */
  field: keyof ConfigFlags;
  /** Name of the value in the help; a flag without one is a switch. */
  value?: string;
  number?: boolean;
  help: string;
}

/** Every flag, in the order of the help text. */
export const FLAGS: Record<string, Flag> = {
  "--config": {
    field: "config",
    value: "FILE",
    help: "configuration file (lemmy.hjson)",
  },
  "--data-dir": {
    field: "dataDir",
    value: "DIR",
    help: "where the embedded database and images live",
  },
  "--port": {
    field: "port",
    value: "PORT",
    number: true,
    help: "port to listen on",
  },
  "--bind": { field: "bind", value: "ADDRESS", help: "address to listen on" },
  "--disable-http-server": {
    field: "disableHttpServer",
    help: "serve neither pages nor API nor inbox",
  },
  "--disable-activity-sending": {
    field: "disableActivitySending",
    help: "deliver nothing to other servers",
  },
  "--disable-scheduled-tasks": {
    field: "disableScheduledTasks",
    help: "run no periodic work",
  },
  "--federate-process-index": {
    field: "federateProcessIndex",
    value: "I",
    number: true,
    help: "this is sender I of N, counted from 1",
  },
  "--federate-process-count": {
    field: "federateProcessCount",
    value: "N",
    number: true,
    help: "number of sender processes",
  },
  "--posts": {
    field: "posts",
    value: "N",
    number: true,
    help: "how many posts seed makes (2000)",
  },
};

/** Every command with its line of the help text. */
export const COMMANDS = {
  serve: "run the server (default); applies pending migrations first",
  migrate: 'apply pending migrations and exit (also "migration run")',
  seed: "fill an empty database with example content and exit",
  help: "show this text",
  version: "show the version",
} satisfies Record<CommandName, string>;

/**
 * Understands the arguments of the program. Flags may stand before and after the command, their
 * values after a blank or "=". Throws an {@link OperatorError} with exit status 2 that lists what
 * exists.
 */
export function parseArgs(args: readonly string[]): CommandLine {
  const words: string[] = [];
  const flags: Record<string, string | number | boolean> = {};
  let special: CommandName | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === "--help" || arg === "-h") special ??= "help";
    else if (arg === "--version" || arg === "-V") special ??= "version";
    else if (!arg.startsWith("-")) words.push(arg);
    else {
      const [name, ...rest] = arg.split("=");
      const inline = rest.length > 0 ? rest.join("=") : undefined;
      const flag = FLAGS[name] ?? unknownFlag(name);
      if (!flag.value) flags[flag.field] = switchValue(name, inline);
      else {
        const next = args[i + 1]?.startsWith("--") ? undefined : args[i + 1];
        if (inline === undefined) i++;
        flags[flag.field] = flagValue(name, flag, inline ?? next);
      }
    }
  }
  const command = special ?? commandOf(words);
  return { command, flags: flags as ConfigFlags };
}

function flagValue(
  name: string,
  flag: Flag,
  text: string | undefined,
): string | number {
  if (!text) wrong(`${name} needs a value: ${name} ${flag.value}`);
  if (!flag.number) return text;
  if (!/^\d+$/.test(text)) wrong(`${name}: "${text}" is not a whole number`);
  return Number(text);
}

function switchValue(name: string, text: string | undefined): boolean {
  if (text === undefined || text === "true") return true;
  if (text === "false") return false;
  return wrong(`${name}: "${text}" is not allowed; expected true or false`);
}

/** `migration run` and its options are Lemmy's; all pending ones are always applied. */
function commandOf(words: string[]): CommandName {
  const [first = "serve", second, ...more] = words;
  if (first === "migration") {
    if (second === "revert") {
      wrong(
        "migrations cannot be reverted; restore a backup made before the upgrade",
      );
    }
    if (second !== "run" || more.length > 0) {
      wrong('after migration comes "run"');
    }
    return "migrate";
  }
  if (!Object.hasOwn(COMMANDS, first)) {
    wrong(
      `unknown command "${first}"; there are: ${
        Object.keys(COMMANDS).join(", ")
      }`,
    );
  }
  if (second !== undefined) wrong(`"${second}" after ${first} is too much`);
  return first as CommandName;
}

function unknownFlag(name: string): never {
  return wrong(
    `unknown flag ${name}; there are: ${
      [...Object.keys(FLAGS), "--help", "--version"].join(", ")
    }`,
  );
}

function wrong(message: string): never {
  throw new OperatorError(`${message}. See tundra --help`, { exitCode: 2 });
}
