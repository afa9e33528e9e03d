import { test } from "../../harness.ts";
import { withFixtureCopy } from "./fixture_copy.ts";

/** Reads a stream of text until it holds a match. */
async function readUntil(
  reader: ReadableStreamDefaultReader<string>,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`no ${pattern} in ${text}`);
    text += value;
    const match = pattern.exec(text);
    if (match !== null) return match;
  }
}

test("listen reloads pages when a static file changes", async (t) => {
  await withFixtureCopy(async (root) => {
    const server = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", new URL("dev.ts", root).href],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    try {
      const output = server.stdout.pipeThrough(new TextDecoderStream());
      const [, port] = await readUntil(output.getReader(), /port (\d+)/);
      const send = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);

      const html = await (await send("/")).text();
      t.match(html, "<p>root second</p>");
      const script = /<script type="module" src="([^"]+)">/.exec(html)![1];
      t.match(await (await send(script)).text(), "EventSource");

      const events = await send("/_frsh/alive");
      const reader = events.body!.pipeThrough(new TextDecoderStream())
        .getReader();
      await readUntil(reader, /event: start\ndata: \S+\n\n/);
      await Deno.writeTextFile(
        new URL("static/styles.css", root),
        "p { color: red }",
      );
      t.equal((await readUntil(reader, /event: reload/))[0], "event: reload");
      t.match(await (await send("/styles.css")).text(), "red");
      await reader.cancel();
    } finally {
      server.kill("SIGKILL");
      await server.status;
    }
  });
});
