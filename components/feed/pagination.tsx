import type { Ui } from "../ui.ts";

/**
 * The page's own address with other query parameters, as a reference relative to it; null removes
 * a parameter. Relative, because the runtime marks every link to the page's own path as current,
 * and here the query tells the current choice.
 */
export function withParams(
  url: URL,
  changes: Record<string, string | null>,
): string {
  const params = new URLSearchParams(url.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) params.delete(name);
    else params.set(name, value);
  }
  return `?${params}`;
}

/** Previous and next page of a cursor-paged list (web-ui §3.1). */
export function Pagination(
  { ui, url, next_page, prev_page, empty, hash = "" }: {
    ui: Ui;
    url: URL;
    next_page?: string;
    prev_page?: string;
    empty: boolean;
    hash?: string;
  },
) {
  const { t } = ui;
  const cursor = url.searchParams.has("cursor");
  if (!next_page && !prev_page && !cursor) return null;
  return (
    <nav class="pages" aria-label={t("nav.pagination")}>
      {cursor && (empty || !prev_page) && (
        <a class="btn" href={withParams(url, { cursor: null }) + hash}>
          {t("nav.first_page")}
        </a>
      )}
      {prev_page && (
        <a
          class="btn"
          rel="prev"
          href={withParams(url, { cursor: prev_page }) + hash}
        >
          {t("nav.previous")}
        </a>
      )}
      {next_page && (
        <a
          class="btn"
          rel="next"
          href={withParams(url, { cursor: next_page }) + hash}
        >
          {t("nav.next")}
        </a>
      )}
    </nav>
  );
}
