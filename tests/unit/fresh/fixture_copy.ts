const FIXTURE = new URL("./fixture/", import.meta.url);

/** Copies a folder. */
async function copy(from: URL, to: URL): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const file = encodeURIComponent(name) + (isDirectory ? "/" : "");
    if (isDirectory) await copy(new URL(file, from), new URL(file, to));
    else await Deno.copyFile(new URL(file, from), new URL(file, to));
  }
}

/** Gives a folder the project's import map. */
async function writeConfig(root: URL): Promise<void> {
  const project = new URL("../../../deno.json", import.meta.url);
  const config = JSON.parse(await Deno.readTextFile(project));
  const imports = Object.entries(config.imports as Record<string, string>);
  config.imports = Object.fromEntries(
    imports.map(([name, target]) => [
      name,
      target.startsWith(".") ? new URL(target, project).href : target,
    ]),
  );
  await Deno.writeTextFile(
    new URL("deno.json", root),
    JSON.stringify(config),
  );
}

/** Gives a copy of the fixture app in a temporary folder. */
export async function withFixtureCopy(
  action: (root: URL) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const root = new URL(`file://${dir}/`);
    await copy(FIXTURE, root);
    await writeConfig(root);
    await action(root);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
