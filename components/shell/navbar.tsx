import { scaledPicture } from "../pictures.ts";
import { Icon } from "../icon.tsx";
import { loginPath, showsAvatars, type Ui } from "../ui.ts";

/** The bar on top of every page (web-ui §2.1); everything in it works as plain links and forms. */
export function Navbar({ ui, path }: { ui: Ui; path: string }) {
  const { t, site, viewer } = ui;
  const community = /^\/c\/([^/]+)$/.exec(path)?.[1];
  const create = community
    ? `/create_post?community=${community}`
    : "/create_post";
  return (
    <header class="bar">
      <nav aria-label={t("nav.label")}>
        <a class="brand" href="/" title={site.site.summary}>
          {site.site.icon && showsAvatars(ui) && (
            <img
              src={scaledPicture(ui, site.site.icon, "icon")}
              alt=""
              width={26}
              height={26}
            />
          )}
          <span dir="auto">{site.site.name}</span>
        </a>
        <div class="links wide">
          <a href="/communities">{t("nav.communities")}</a>
          {viewer && <a href={create}>{t("nav.create_post")}</a>}
        </div>
        <form role="search" action="/search" class="wide">
          <input
            type="search"
            name="q"
            placeholder={t("placeholder.search")}
            aria-label={t("nav.search")}
          />
        </form>
        <a class="slim" href="/search" aria-label={t("nav.search")}>
          <Icon name="search" />
        </a>
        {viewer ? <UserMenu ui={ui} create={create} /> : <Visitor ui={ui} />}
      </nav>
    </header>
  );
}

function UserMenu({ ui, create }: { ui: Ui; create: string }) {
  const { t, viewer } = ui;
  const { person, local_user } = viewer!;
  return (
    <details class="menu end">
      <summary aria-label={t("nav.user_menu")}>
        {person.avatar && showsAvatars(ui)
          ? (
            <img
              class="avatar"
              src={scaledPicture(ui, person.avatar, "icon")}
              alt=""
              width={24}
              height={24}
            />
          )
          : <Icon name="user" />}
        <span class="narrow-hide" dir="auto">
          {person.display_name ?? person.name}
        </span>
      </summary>
      <div class="pop">
        <a href={`/u/${person.name}`}>{t("nav.profile")}</a>
        <a href="/notifications">{t("nav.notifications")}</a>
        <a href={create}>{t("nav.create_post")}</a>
        <a href="/create_community">{t("nav.create_community")}</a>
        <a href="/communities">{t("nav.communities")}</a>
        <a href="/settings">{t("nav.settings")}</a>
        {local_user.admin && (
          <>
            <a href="/registration_applications">{t("nav.applications")}</a>
            <a href="/admin">{t("nav.admin")}</a>
          </>
        )}
        <form method="post" action="/logout">
          <button type="submit">{t("nav.logout")}</button>
        </form>
      </div>
    </details>
  );
}

function Visitor({ ui }: { ui: Ui }) {
  const { t, site } = ui;
  const open = site.local_site.registration_mode !== "closed";
  return (
    <div class="links end">
      <details class="menu">
        <summary aria-label={t("nav.preferences")}>
          <Icon name="theme" />
        </summary>
        <form class="pop" method="post" action="/preferences">
          <input type="hidden" name="return" value={ui.here} />
          <button type="submit" name="theme" value="browser">
            {t("theme.browser")}
          </button>
          <button type="submit" name="theme" value="litely">litely</button>
          <button type="submit" name="theme" value="darkly">darkly</button>
          <a href="/preferences">{t("title.preferences")}</a>
        </form>
      </details>

      <a href={loginPath(ui)} rel="nofollow">{t("nav.login")}</a>
      {open && (
        <a class="btn go" href="/signup" rel="nofollow">{t("nav.signup")}</a>
      )}
    </div>
  );
}
