/**
 * `deno task test:arm64`: makes the executable for aarch64 and runs it under QEMU's user-mode
 * emulation as far as the first page. Outside the test suite: emulation takes a minute, and it
 * needs root, to install Debian's packages and to tell the kernel what runs foreign programs.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { coreutilsOnly, runExecutable } from "./support/executable.ts";
import { freePort } from "./support/port.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BINFMT = "/proc/sys/fs/binfmt_misc";
const PATIENCE = 300_000;

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, {
    args,
    cwd: ROOT,
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(
      `${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

if (Deno.build.arch !== "aarch64") {
  if (Deno.uid() !== 0) {
    console.error(
      "test:arm64 needs root: it installs qemu-user-static and arm64's C library",
    );
    Deno.exit(1);
  }
  if (!await exists("/lib/ld-linux-aarch64.so.1")) {
    await run("dpkg", "--add-architecture", "arm64");
    await run("apt-get", "update");
    await run(
      "apt-get",
      "install",
      "-y",
      "qemu-user-static",
      "libc6:arm64",
      "libstdc++6:arm64",
      "libgcc-s1:arm64",
    );
  }
  if (!await exists(`${BINFMT}/status`)) {
    await run("mount", "-t", "binfmt_misc", "binfmt_misc", BINFMT);
  }
  if (!await exists(`${BINFMT}/qemu-aarch64`)) {
    await Deno.writeFile(
      `${BINFMT}/register`,
      await Deno.readFile("/usr/lib/binfmt.d/qemu-aarch64.conf"),
    );
  }
}
await run(
  Deno.execPath(),
  "run",
  "--allow-all",
  "lib/compile/mod.ts",
  "--target",
  "aarch64",
);
const folder = await Deno.makeTempDir({ prefix: "tundra-arm64-" });
try {
  const path = await coreutilsOnly(folder);
  const bare = join(folder, "bare");
  // As root PostgreSQL runs as somebody else, who has to get in.
  await Deno.chmod(folder, 0o755);
  await Deno.mkdir(bare);
  await Deno.copyFile(
    join(ROOT, "dist/tundra-linux-aarch64"),
    join(bare, "tundra"),
  );
  const port = freePort();
  for (const start of ["first start", "later start"]) {
    const running = await runExecutable(bare, path, port, PATIENCE);
    if (!running.page.includes("<form")) throw new Error("no form on the page");
    console.log(`${start}: first page after ${running.milliseconds} ms`);
    const status = await running.stop();
    if (status !== 0) throw new Error(`ended with status ${status}`);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
