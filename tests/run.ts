/**
 * Runs all tests, or those in the files and folders given: `deno task test tests/http`. Provides
 * what they need first, and ends with one line `N passed, N failed`.
 */
import { join } from "node:path";
import { buildIfStale } from "../lib/cli/build_if_stale.ts";
import { createLogger } from "../lib/cli/log.ts";

const ROOT = join(import.meta.dirname!, "..");
const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

/**
 * What cannot share the machine: what it tests is timed, or waits for the oldest transaction of the
 * whole PostgreSQL cluster, which would be another file's.
 */
const ALONE = [
  "tests/http/live_test.ts",
  "tests/unit/event_consumer_test.ts",
  "tests/unit/markdown_hostile_test.ts",
  "tests/browser",
  "tests/faults/connections_test.ts",
  "tests/faults/embedded_test.ts",
  "tests/faults/image_torture_test.ts",
];

/** Files that take longest. They begin first, so that none of them is left to end alone. */
const LONGEST = [
  "tests/http/marker_test.ts",
  "tests/faults/federation_test.ts",
  "tests/faults/executable_test.ts",
  "tests/federation/network_test.ts",
  "tests/faults/server_test.ts",
  "tests/clients/hostile_input_test.ts",
  "tests/http/authorization_matrix_test.ts",
  "tests/clients/hostile_requests_test.ts",
  "tests/clients/story_mail_test.ts",
  "tests/federation/policy_test.ts",
  "tests/federation/fetch_test.ts",
  "tests/unit/domain/search_chunks_test.ts",
];

interface Run {
  paths: readonly string[];
  jobs: number;
}

/**
 * All tests, by how they may run: most wait for a server or database of their own, so that a core
 * can have more than one file in work.
 */
async function everything(): Promise<Run[]> {
  const shared = new Set(LONGEST);
  const folders = ["unit", "http", "clients", "federation", "faults"];
  for (const folder of folders) {
    for (const file of await testFiles(`tests/${folder}`)) shared.add(file);
  }
  for (const path of ALONE) shared.delete(path);
  return [
    { paths: [...shared], jobs: navigator.hardwareConcurrency + 1 },
    { paths: ALONE, jobs: 1 },
  ];
}

/** The test files in a folder and those below it, by name. */
async function testFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(join(ROOT, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await testFiles(path));
    else if (/_test\.tsx?$/.test(entry.name)) found.push(path);
  }
  return found.sort();
}

/** Whether a program of this name can be run. */
async function isInPath(name: string): Promise<boolean> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    try {
      if ((await Deno.stat(join(folder, name))).isFile) return true;
    } catch (error) {
      const absent = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.NotADirectory ||
        error instanceof Deno.errors.PermissionDenied;
      if (!absent) throw error;
    }
  }
  return false;
}

/** Installs Debian's Chromium where there is no browser and we may. */
async function provideBrowser(): Promise<void> {
  for (const name of BROWSERS) if (await isInPath(name)) return;
  if (Deno.uid() !== 0 || !await isInPath("apt-get")) {
    throw new Error(
      "the tests need Chromium: install it, on Debian by apt-get install chromium",
    );
  }
  for (
    const args of [
      ["update"],
      ["install", "--yes", "--no-install-recommends", "chromium"],
    ]
  ) {
    const { success } = await new Deno.Command("apt-get", {
      args,
      env: { DEBIAN_FRONTEND: "noninteractive" },
      stdin: "null",
    }).spawn().status;
    if (!success) throw new Error(`apt-get ${args[0]} failed`);
  }
}

/** Runs the tests, passing their output on; resolves to what the runner's last line counts. */
async function runTests(
  { paths, jobs }: Run,
): Promise<{ passed: number; failed: number }> {
  const child = new Deno.Command(Deno.execPath(), {
    // `deno task check` checks the types, of everything at once.
    args: [
      "test",
      "--allow-all",
      "--no-check",
      "--preload=tests/support/quick_keys.ts",
      ...(jobs > 1 ? ["--parallel"] : []),
      ...paths,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1", DENO_JOBS: String(jobs) },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let tail = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    await writeAll(chunk);
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-20_000);
  }
  const { success } = await child.status;
  const counts = [
    ...tail.matchAll(/^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed/gm),
  ].at(-1);
  const passed = Number(counts?.[1] ?? 0);
  const failed = Number(counts?.[2] ?? 0);
  // A runner that broke off, or found nothing to run, has not passed.
  const broken = failed === 0 && (!success || passed === 0);
  return { passed, failed: broken ? 1 : failed };
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += await Deno.stdout.write(bytes.subarray(done));
  }
}

await provideBrowser();
await buildIfStale(ROOT, createLogger({ filter: "warn" }));
const total = { passed: 0, failed: 0 };
for (
  const run of Deno.args.length > 0
    ? [{ paths: Deno.args, jobs: 1 }]
    : await everything()
) {
  const { passed, failed } = await runTests(run);
  total.passed += passed;
  total.failed += failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
Deno.exit(total.failed === 0 ? 0 : 1);
