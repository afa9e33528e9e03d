/**
 * Loaded before the tests (`deno test --preload`): notes every answer of an API to this process
 * in the file that `TUNDRA_API_ANSWERS` names, a line each: method, path, status, error code.
 */
const FILE = Deno.env.get("TUNDRA_API_ANSWERS");

if (FILE) {
  const plain = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const response = await plain(input, init);
    const request = new Request(input, {
      method: init?.method,
      headers: init?.headers,
    });
    const { hostname, pathname } = new URL(request.url);
    if (hostname === "localhost" && isApi(pathname)) {
      const code = response.ok ? "-" : await errorCode(response.clone());
      const line = [request.method, pathname, response.status, code].join(" ");
      Deno.writeTextFileSync(FILE, `${line}\n`, { append: true });
    }
    return response;
  };
}

function isApi(path: string): boolean {
  return path.startsWith("/api/v4/") || path.includes("nodeinfo");
}

/** The `error` of an answer that failed; `-` where it has none. */
async function errorCode(response: Response): Promise<string> {
  const text = await response.text();
  if (!text.startsWith("{")) return "-";
  const { error } = JSON.parse(text);
  return typeof error === "string" && /^[a-z_]+$/.test(error) ? error : "-";
}
