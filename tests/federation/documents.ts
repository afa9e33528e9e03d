import { join } from "node:path";

const FOLDER = join(import.meta.dirname!, "documents");

/** What another server sent, as recorded: `document("lemmy/objects/page")`. */
export function document(name: string): Record<string, unknown> {
  return JSON.parse(Deno.readTextFileSync(join(FOLDER, `${name}.json`)));
}

/** All recorded documents by name, those below `folder` alone if it is given. */
export function documentNames(folder = ""): string[] {
  const names: string[] = [];
  const walk = (path: string) => {
    for (const entry of Deno.readDirSync(join(FOLDER, path))) {
      const inner = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory) walk(inner);
      else names.push(inner.replace(/\.json$/, ""));
    }
  };
  walk(folder);
  return names.sort();
}
