import { join } from "node:path";
import { OperatorError, VERSION } from "../config/mod.ts";
import { appRoot } from "../config/app_root.ts";
import { Builder } from "fresh/dev";
import { buildOptions } from "../../fresh.config.ts";
import { packFolder } from "./archive.ts";
import { bundleServer } from "./bundle_server.ts";
import { stageProgram, type Target } from "./stage.ts";
import { stub } from "./stub.ts";

const TARGETS: readonly Target[] = ["x86_64", "aarch64"];

/**
 * `deno task compile [--target x86_64|aarch64] [--quick]`: makes `dist/tundra-linux-<arch>`; quickly
 * means that it is less compressed.
 */
export async function compile(args: readonly string[]): Promise<void> {
  const target = wantedTarget(args);
  const root = appRoot();
  await new Builder(buildOptions).build();
  await bundleServer(root);
  await Deno.mkdir(join(root, "dist"), { recursive: true });
  const output = join(root, "dist", `tundra-linux-${target}`);
  if (await compileByDeno(root, output, target)) {
    console.log(`${output} made by deno compile`);
    return;
  }
  console.log(
    "deno compile has no base to build on here (it is downloaded from Deno's site, or named by DENORT_BIN); making a self-extracting executable instead",
  );
  await makeSelfExtracting(root, output, target, args.includes("--quick"));
  const { size } = await Deno.stat(output);
  console.log(`${output}: ${(size / 2 ** 20).toFixed(1)} MiB`);
}

function wantedTarget(args: readonly string[]): Target {
  const index = args.findIndex((arg) => /^--target(=|$)/.test(arg));
  if (index < 0) return Deno.build.arch;
  const text = args[index].split("=")[1] ?? args[index + 1];
  const target = TARGETS.find((name) => name === text);
  if (!target) {
    throw new OperatorError(
      `--target ${text}: choose one of ${TARGETS.join(", ")}`,
      { exitCode: 2 },
    );
  }
  return target;
}

/** The road of Deno's own tool; false when its base binary is not to be had. */
async function compileByDeno(
  root: string,
  output: string,
  target: Target,
): Promise<boolean> {
  const temporary = `${output}.new`;
  await Deno.remove(temporary).catch(ignoreMissing);
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "compile",
      "--quiet",
      "--self-extracting",
      "--allow-all",
      "--no-prompt",
      ...[
        "_fresh",
        "static",
        "migrations",
        "lib",
        "routes",
        "components",
        "islands",
      ]
        .flatMap((part) => ["--include", part]),
      "--target",
      `${target}-unknown-linux-gnu`,
      "--output",
      temporary,
      "main.ts",
    ],
    cwd: root,
    stdout: "null",
    stderr: "piped",
  });
  const { success, stderr } = await command.output();
  if (success) {
    await Deno.rename(temporary, output);
    return true;
  }
  const reason = new TextDecoder().decode(stderr);
  if (
    /denort|download|dl\.deno\.land|error sending request|Connect/i.test(reason)
  ) {
    return false;
  }
  throw new OperatorError(`deno compile failed: ${reason.trim()}`);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

async function makeSelfExtracting(
  root: string,
  output: string,
  target: Target,
  quick: boolean,
): Promise<void> {
  const stage = await Deno.makeTempDir({ prefix: "tundra-compile-" });
  try {
    const binary = await stageProgram(root, stage, target);
    const deno = await Deno.readFile(binary);
    await Deno.remove(binary);
    const payload = await packFolder(stage, quick ? 1 : undefined);
    const unpacker = await Deno.readFile(
      join(root, "lib/compile/unpack.js"),
    );
    const digest = new Uint8Array(
      await crypto.subtle.digest("SHA-256", payload as BufferSource),
    ).toHex().slice(0, 12);
    const head = stub({
      id: `${VERSION}-${digest}`,
      deno: deno.length,
      unpacker: unpacker.length,
    });
    const temporary = `${output}.new`;
    const file = await Deno.open(temporary, {
      write: true,
      create: true,
      truncate: true,
      mode: 0o755,
    });
    for (const part of [head, deno, unpacker, payload]) {
      for (let at = 0; at < part.length;) {
        at += await file.write(part.subarray(at));
      }
    }
    file.close();
    await Deno.rename(temporary, output);
  } finally {
    await Deno.remove(stage, { recursive: true });
  }
}

if (import.meta.main) {
  try {
    await compile(Deno.args);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    console.error(`compile: ${error.message}`);
    Deno.exit(error.exitCode);
  }
}
