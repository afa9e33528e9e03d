/**
 * Hostile pictures and videos (moderation-and-operations §6.1): bombs, polyglots, cut and broken
 * files are refused or come out clean, in bounded memory and time.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "../harness.ts";
import { hostileFiles, PAYLOAD } from "../support/hostile_pictures.ts";
import type { TortureReport } from "../support/torture_child.ts";

const CHILD = fileURLToPath(
  new URL("../support/torture_child.ts", import.meta.url),
);
/** MiB that the worst file may take beyond the memory at rest. */
const MAX_MEMORY = 400;
const MAX_MILLISECONDS = 8000;

test("hostile pictures do no harm, in bounded memory and time", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "tundra-torture-" });
  try {
    const files = await hostileFiles();
    for (const { name, bytes } of files) {
      await Deno.writeFile(join(folder, name), bytes);
    }
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      { args: ["run", "--allow-all", "--no-check", CHILD, folder] },
    ).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const report: TortureReport = JSON.parse(new TextDecoder().decode(stdout));
    t.equal(report.verdicts.length, files.length);
    let refused = 0;
    let [longest] = report.verdicts;
    let largest = longest;
    for (const verdict of report.verdicts) {
      const { expect } = files.find(({ name }) => name === verdict.name)!;
      if (verdict.refused !== undefined) refused++;
      if (verdict.milliseconds > longest.milliseconds) longest = verdict;
      if (verdict.peak > largest.peak) largest = verdict;
      if (expect === "refuse") {
        t.ok(verdict.refused !== undefined, `${verdict.name} was taken`);
      }
      if (expect === "accept") {
        t.equal(verdict.refused, undefined, verdict.name);
      }
      if (verdict.refused !== undefined || expect === "accept") continue;
      const copy = await Deno.readFile(join(folder, "out", verdict.name));
      const text = new TextDecoder("latin1").decode(copy);
      t.ok(!text.includes(PAYLOAD), `${verdict.name} kept its payload`);
    }
    const memory = largest.peak - report.before;
    console.log(
      `${files.length} files tried, ${refused} refused; ${memory} MiB at most (${largest.name}) ` +
        `beside ${report.before} MiB at rest; longest ${longest.milliseconds} ms (${longest.name})`,
    );
    t.ok(memory <= MAX_MEMORY, `${memory} MiB for ${largest.name}`);
    t.ok(longest.milliseconds <= MAX_MILLISECONDS, longest.name);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
