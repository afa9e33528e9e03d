/**
 * The program: does what the command line says. The server comes from the build, where its modules
 * are bundled; all else is run from the sources.
 *
 * Permissions it needs: net (port, database, other servers), read and write (its own files, the
 * data directory, the database's socket), env, run (the embedded PostgreSQL and the build), ffi
 * (native modules), sys (memory and cores).
 */
import { buildIfStale } from "./lib/cli/build_if_stale.ts";
import { runCommandLine } from "./lib/cli/run.ts";
import { appRoot } from "./lib/config/app_root.ts";

if (import.meta.main) {
  const status = await runCommandLine(Deno.args, {
    serve: async (config, log) => {
      const build = await buildIfStale(appRoot(), log);
      const { serve }: typeof import("./lib/cli/serve.ts") = await import(
        build.program
      );
      await serve(config, log, build);
    },
    migrate: async (config, log) => {
      const { migrateCommand } = await import("./lib/cli/migrate.ts");
      await migrateCommand(config, log);
    },
    seed: async (config, log) => {
      const { seedCommand } = await import("./lib/cli/seed.ts");
      await seedCommand(config, log);
    },
  });
  Deno.exit(status);
}
