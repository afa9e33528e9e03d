import {
  LISTING_TYPES,
  POST_LISTING_MODES,
  POST_SORTS,
} from "../../lib/domain/enums.ts";
import type {
  ListingType,
  PostListingMode,
  PostSortType,
} from "../../lib/domain/views.ts";
import { Icon } from "../icon.tsx";
import type { Ui } from "../ui.ts";
import { withParams } from "./pagination.tsx";

/** Time ranges that the "top" family of sorts offers (web-ui §3.1). */
export const TIME_RANGES = [
  "0days",
  "1hours",
  "6hours",
  "12hours",
  "1days",
  "1weeks",
  "1months",
  "3months",
  "6months",
  "1years",
] as const;

/** A row of links of which one is the current choice. */
export function Segments(
  { url, param, current, options, label }: {
    url: URL;
    param: string;
    current: string;
    options: readonly (readonly [string, string])[];
    label: string;
  },
) {
  return (
    <div class="seg" role="group" aria-label={label}>
      {options.map(([value, text]) => (
        <a
          key={value}
          href={withParams(url, { [param]: value, cursor: null })}
          aria-current={value === current ? "true" : undefined}
        >
          {text}
        </a>
      ))}
    </div>
  );
}

/** One select of a `SelectForm`. */
export interface Choice {
  param: string;
  current: string;
  options: readonly (readonly [string, string])[];
  label: string;
}

/** Selects that a GET form applies; the island hides the button and applies on change. */
export function SelectForm(
  { ui, url, selects }: { ui: Ui; url: URL; selects: readonly Choice[] },
) {
  const chosen = new Set(["cursor", ...selects.map((select) => select.param)]);
  const others = [...url.searchParams].filter(([name]) => !chosen.has(name));
  return (
    <form method="get" action={url.pathname} data-apply>
      {others.map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {selects.map(({ param, current, options, label }) => (
        <select key={param} name={param} aria-label={label}>
          {options.map(([value, text]) => (
            <option key={value} value={value} selected={value === current}>
              {text}
            </option>
          ))}
        </select>
      ))}
      <button class="btn" type="submit">{ui.t("action.apply")}</button>
    </form>
  );
}

export interface FeedView {
  /** Absent on community pages, which have no listing type. */
  listing?: ListingType;
  sort: PostSortType;
  mode: PostListingMode;
  kind: "post" | "comment";
  /** `{number}{unit}`, "0days" = all. */
  time: string;
}

/** Listing, kind, sort, time and view of a feed, all of them in the address. */
export function FeedControls(
  { ui, url, view, rss }: { ui: Ui; url: URL; view: FeedView; rss?: string },
) {
  const { t, viewer, site } = ui;
  const listings = LISTING_TYPES.filter((type) =>
    type === "all" || type === "local" ||
    (type === "subscribed" && viewer) ||
    (type === "suggested" &&
      site.local_site.suggested_multi_community_id !== undefined)
  );
  const selects: Choice[] = [{
    param: "sort",
    current: view.sort,
    options: POST_SORTS.map((sort) => [sort, t(`sort.post.${sort}`)]),
    label: t("sort.label"),
  }];
  // Lists by date have no use for a range.
  if (view.sort !== "new" && view.sort !== "old" && view.kind === "post") {
    selects.push({
      param: "time",
      current: view.time,
      options: TIME_RANGES.map((range) => [
        range,
        t(range === "0days" ? "time_range.all" : `time_range.${range}`),
      ]),
      label: t("time_range.label"),
    });
  }
  return (
    <div class="ctl" role="group" aria-label={t("feed.controls")}>
      {view.listing && (
        <Segments
          url={url}
          param="listingType"
          current={view.listing}
          options={listings.map((type) => [type, t(`listing.${type}`)])}
          label={t("listing.label")}
        />
      )}
      <Segments
        url={url}
        param="postOrCommentType"
        current={view.kind}
        options={[
          ["post", t("content.posts")],
          ["comment", t("content.comments")],
        ]}
        label={t("content.label")}
      />
      <SelectForm ui={ui} url={url} selects={selects} />
      <form method="post" action="/preferences" class="end" data-apply>
        <input type="hidden" name="return" value={ui.here} />
        <select name="view" aria-label={t("view.label")}>
          {POST_LISTING_MODES.map((mode) => (
            <option key={mode} value={mode} selected={mode === view.mode}>
              {t(`view.${mode}`)}
            </option>
          ))}
        </select>
        <button class="btn" type="submit">{t("action.apply")}</button>
      </form>
      {rss && (
        <a href={rss} title={t("feed.rss")} aria-label={t("feed.rss")}>
          <Icon name="rss" />
        </a>
      )}
    </div>
  );
}
