import { HttpError } from "fresh";
import { Layout } from "../components/shell/layout.tsx";
import { uiOf } from "../components/ui.ts";
import { LemmyError } from "../lib/domain/errors.ts";
import { isMessageKey } from "../lib/i18n/mod.ts";
import { isRead } from "../lib/http/request_kind.ts";
import { define } from "../lib/http/state.ts";

/** What went wrong, in the reader's words, and where to go from here (web-ui §1.4). */
export default define.page(({ error, state, url, req }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const status = error instanceof HttpError ? error.status : 500;
  const cause = error instanceof HttpError ? error.cause : undefined;
  const code = cause instanceof LemmyError ? cause.code : undefined;
  // What is gone says by its message what it was.
  const tombstone = `tombstone.${error instanceof HttpError && error.message}`;
  const gone = status === 410 && isMessageKey(tombstone) ? t(tombstone) : null;
  const title = gone !== null
    ? t("error_page.gone")
    : status === 404
    ? t("title.not_found")
    : t("error_page.title");
  const explanation = gone !== null
    ? gone
    : status === 404
    ? t("error_page.not_found")
    : code
    ? t.error(code)
    : status === 403
    ? t("error_page.forbidden")
    : status === 429
    ? t("error_page.too_many_requests")
    : t("error_page.server");
  return (
    <Layout ui={ui} title={title} noindex>
      <div class="card form narrow">
        <h1>{title}</h1>
        <p>{explanation}</p>
        {status === 404 && !ui.viewer && <p>{t("error_page.maybe_login")}</p>}
        <p class="row">
          <a class="btn go" href="/">{t("error_page.home")}</a>
          {isRead(req) && status !== 404 && gone === null && (
            <a class="btn" href={ui.here}>{t("action.retry")}</a>
          )}
        </p>
        <p class="muted small">
          {code && <>{t("error_page.code", { code })} ·{" "}</>}
          {t("error_page.request_id", { id: state.requestId })}
        </p>
      </div>
    </Layout>
  );
});
