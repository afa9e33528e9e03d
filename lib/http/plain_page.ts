import { chooseLanguage, type MessageKey, translator } from "../i18n/mod.ts";

const TEXTS: Record<number, MessageKey> = {
  403: "error_page.forbidden",
  413: "error_page.form",
  429: "error_page.too_many_requests",
  503: "error_page.starting",
};

/**
 * An error page that needs neither database nor build, for when these are what fails. It carries
 * no style of its own: the policy of all pages forbids that.
 */
export function plainErrorPage(
  status: number,
  options: {
    requestId: string;
    acceptLanguage?: string;
    headers?: HeadersInit;
    /** Seconds until another try makes sense. */
    wait?: number;
  },
): Response {
  const language = chooseLanguage({ acceptLanguage: options.acceptLanguage });
  const t = translator(language);
  const lines = [
    t(TEXTS[status] ?? "error_page.server"),
    ...(options.wait ? [t("error_page.wait", { count: options.wait })] : []),
    t("error_page.request_id", { id: options.requestId }),
  ];
  const title = escape(t("error_page.title"));
  const html = `<!DOCTYPE html>
<html lang="${t.language}" dir="${t.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
</head>
<body>
<main>
<h1>${title}</h1>
${lines.map((line) => `<p>${escape(line)}</p>`).join("\n")}
<p><a href="/">${escape(t("error_page.home"))}</a></p>
</main>
</body>
</html>
`;
  const headers = new Headers(options.headers);
  headers.set("content-type", "text/html; charset=utf-8");
  return new Response(html, { status, headers });
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
