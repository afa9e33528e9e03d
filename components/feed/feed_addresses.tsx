import type { Ui } from "../ui.ts";

/** The reader's private feeds, and the way to give them new addresses (web-ui §5.1). */
export function FeedAddresses({ ui, token }: { ui: Ui; token: string }) {
  const { t } = ui;
  const feeds = [
    ["front", t("listing.subscribed")],
    ["notifications", t("notify.label")],
    ["modlog", t("title.modlog")],
  ] as const;
  return (
    <section class="card narrow">
      <h2>{t("settings.feed_tokens")}</h2>
      <p class="help">{t("help.feed_token")}</p>
      <ul>
        {feeds.map(([kind, label]) => (
          <li key={kind}>
            {label}:{" "}
            <a href={`/feeds/${kind}/${token}.xml`} rel="nofollow">RSS</a>{" "}
            <a href={`/feeds/${kind}/${token}.atom`} rel="nofollow">Atom</a>
          </li>
        ))}
      </ul>
      <form method="post" action="/settings/feeds">
        <button class="btn bad" type="submit" name="rotate" value="true">
          {t("action.revoke")}
        </button>
      </form>
    </section>
  );
}
