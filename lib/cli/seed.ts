import type { Config } from "../config/mod.ts";
import { OperatorError } from "../config/operator_error.ts";
import type { Logger } from "./log.ts";

interface SeedModule {
  seed(config: Config, log: Logger, args: readonly string[]): Promise<void>;
}

/** `seed`: fills an empty database with example content and ends. */
export async function seedCommand(config: Config, log: Logger): Promise<void> {
  // Loaded by a computed name: a program made without the example content still works.
  const url = new URL("../seed/mod.ts", import.meta.url).href;
  let module: SeedModule;
  try {
    module = await import(url);
  } catch (error) {
    const missing = error instanceof TypeError && error.message.includes(url);
    if (!missing) throw error;
    throw new OperatorError("this program contains no example content", {
      cause: error,
    });
  }
  await module.seed(config, log, Deno.args);
}
