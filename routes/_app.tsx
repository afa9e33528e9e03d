import { asset } from "fresh/runtime";
import { Footer } from "../components/shell/footer.tsx";
import { Navbar } from "../components/shell/navbar.tsx";
import { Notices } from "../components/shell/notices.tsx";
import { uiOf } from "../components/ui.ts";
import { resolveTheme } from "../lib/http/preferences.ts";
import { define } from "../lib/http/state.ts";

/** Frame of every page: head, bar, messages, content, end (web-ui §2). */
export default define.page(({ Component, state, url, req }) => {
  const ui = uiOf(state, url);
  const theme = resolveTheme(state, req.headers);
  const { t } = ui;
  return (
    <html
      lang={t.language}
      dir={t.direction}
      data-bs-theme={theme.scheme ?? undefined}
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{ui.site.site.name}</title>
        <link rel="stylesheet" href={asset("/css/tundra.css")} />
        {theme.sheets.map(({ name }) => (
          <link
            key={name}
            rel="stylesheet"
            href={asset(`/css/themes/${name}.css`)}
          />
        ))}
        <link rel="icon" href={ui.site.site.icon ?? asset("/favicon.svg")} />
      </head>
      <body>
        <a class="skip" href="#content">{t("notice.skip")}</a>
        <Navbar ui={ui} path={url.pathname} />
        <div class="frame">
          <Notices ui={ui} flash={state.flash} />
          <Component />
        </div>
        <Footer ui={ui} />
      </body>
    </html>
  );
});
