import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Assertions, test } from "../harness.ts";
import { picture } from "../support/pictures.ts";
import { coreutilsOnly, runExecutable } from "../support/executable.ts";
import { freePort } from "../support/port.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const FILE = join(ROOT, "dist", `tundra-linux-${Deno.build.arch}`);

/** Uploads a picture as the first user, whose native parts must be there; gives its converted type. */
async function uploadedType(origin: string): Promise<string> {
  const api = `${origin}/api/v4`;
  const signed = await fetch(`${api}/account/auth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      username: "admin",
      password: "correct horse battery",
      password_verify: "correct horse battery",
      answer: "please",
    }),
  });
  const { jwt } = await signed.json();
  const form = new FormData();
  form.append("images[]", await picture("png"));
  const uploaded = await fetch(`${api}/image`, {
    method: "POST",
    headers: { authorization: `Bearer ${jwt}` },
    body: form,
  });
  const { filename } = await uploaded.json();
  const shown = await fetch(`${api}/image/${filename}?file_type=webp`);
  await shown.body?.cancel();
  return `${shown.status} ${shown.headers.get("content-type")}`;
}

test("the executable is made of the checkout", async (t: Assertions) => {
  const started = Date.now();
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "lib/compile/mod.ts", "--quick"],
    cwd: ROOT,
    stdout: "null",
    stderr: "piped",
  }).output();
  t.ok(success, new TextDecoder().decode(stderr));
  const { mode, mtime } = await Deno.stat(FILE);
  t.ok(mode! & 0o100, "it can be run");
  // File times are coarser than the clock.
  t.ok(mtime!.getTime() > started - 1000, "it is a new one");
});

test("the executable serves from an empty folder with coreutils only", async (t: Assertions) => {
  const folder = await Deno.makeTempDir({ prefix: "tundra-executable-" });
  const bare = join(folder, "bare");
  // As root PostgreSQL runs as somebody else, who has to get in.
  await Deno.chmod(folder, 0o755);
  try {
    const path = await coreutilsOnly(folder);
    await Deno.mkdir(bare);
    await Deno.copyFile(FILE, join(bare, "tundra"));
    const ask = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command("./tundra", {
        args,
        cwd: bare,
        clearEnv: true,
        env: { PATH: path, TUNDRA_PROGRAM_DIR: join(bare, "program") },
      }).output();
      const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, out: decode(stdout), err: decode(stderr) };
    };
    const port = freePort();
    const first = await runExecutable(bare, path, port);
    t.match(first.page, "<form");
    t.equal(await first.stop(), 0);
    const later = await runExecutable(bare, path, port);
    t.match(later.page, "<form");
    t.equal(
      await uploadedType(`http://127.0.0.1:${port}`),
      "200 image/webp",
    );
    t.equal(await later.stop(), 0);
    t.ok(
      later.milliseconds < first.milliseconds,
      `later starts are quicker: ${first.milliseconds}, ${later.milliseconds} ms`,
    );

    const version = await ask("--version");
    t.equal([version.code, version.err], [0, ""]);
    t.match(version.out, /tundra \d+\.\d+\.\d+/);
    const wrong = await ask("--no-such-flag");
    t.equal(wrong.code, 2);
    t.match(wrong.err, "--no-such-flag");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("the executable says where it cannot unpack itself", async (t: Assertions) => {
  const folder = await Deno.makeTempDir({ prefix: "tundra-executable-" });
  try {
    const path = await coreutilsOnly(folder);
    const { code, stderr } = await new Deno.Command(FILE, {
      clearEnv: true,
      env: { PATH: path, TUNDRA_PROGRAM_DIR: "/proc/nowhere" },
    }).output();
    t.equal(code, 1);
    t.match(new TextDecoder().decode(stderr), "TUNDRA_PROGRAM_DIR");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
