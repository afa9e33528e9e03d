/** The API's own description, for tools and for people. */
import { ENDPOINTS } from "../../lib/api/v4/table.ts";
import { startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";

test("every endpoint is described for tools and for people", async (t) => {
  const server = await startSite();
  try {
    const document = await (await fetch(`${server.url}/api/v4/openapi.json`))
      .json();
    const page = await (await fetch(`${server.url}/docs/api`)).text();
    t.match(page, "<h1>API</h1>");
    t.match(page, 'href="/api/v4/openapi.json"');
    const names = new Set<string>();
    for (const [name, { method, path }] of Object.entries(ENDPOINTS)) {
      const operation = document.paths[path]?.[method.toLowerCase()];
      t.equal(operation?.operationId, name);
      t.match(page, `id="${name}"`);
      t.match(page, `${method} ${path}`);
      names.add(name);
    }
    t.equal(names.size, Object.keys(ENDPOINTS).length);
    // An address that only some clients use.
    t.ok(document.paths["/custom_emoji"].delete);
    t.match(page, "<code>search_term</code>: string");
    t.match(page, "file upload");
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
