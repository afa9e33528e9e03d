import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { existsSync } from "node:fs";

/**
 * The directory of the program's own files (`migrations/`, `static/`, `native/` …), absolute.
 * It is searched upwards from this module, so that it is found in a checkout and also where the
 * modules were bundled into one file and unpacked elsewhere.
 */
export function appRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start;; folder = dirname(folder)) {
    if (existsSync(join(folder, "migrations"))) return folder;
    if (dirname(folder) === folder) {
      throw new Error(`no folder above ${start} contains migrations/`);
    }
  }
}
