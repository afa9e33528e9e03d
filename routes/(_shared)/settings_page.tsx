import { type Context, page } from "fresh";
import { AccountCards } from "../../components/account_cards.tsx";
import {
  type FormError,
  FormProblem,
  PictureForm,
  TextField,
} from "../../components/form/field.tsx";
import {
  SETTING_BOXES,
  SettingsForm,
} from "../../components/settings_form.tsx";
import { FeedAddresses } from "../../components/feed/feed_addresses.tsx";
import { Invites } from "../../components/invites.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { Time } from "../../components/time.tsx";
import { uiOf } from "../../components/ui.ts";
import { MarkdownEditor } from "../../islands/MarkdownEditor.tsx";
import { readFeedToken } from "../../lib/domain/account/feed_token.ts";
import { listInvites } from "../../lib/domain/account/invite.ts";
import { readMyUser } from "../../lib/domain/account/read.ts";
import {
  listSessions,
  requireViewer,
  type SessionRow,
} from "../../lib/domain/account/session.ts";
import type { PagedResponse } from "../../lib/domain/cursor.ts";
import type { LocalUserInvite, MyUserInfo } from "../../lib/domain/views.ts";
import { LIMITS } from "../../lib/domain/text/rules.ts";
import type { State } from "../../lib/http/state.ts";
import type { Values } from "./forms.ts";
import { offeredLanguages } from "./languages.ts";
import { formatTimeRange, oneOf } from "./params.ts";
import { editorTexts } from "./post_page.tsx";

export const SETTING_TABS = [
  "settings",
  "account",
  "sessions",
  "invites",
] as const;
type Tab = typeof SETTING_TABS[number];

export interface SettingsData {
  tab: Tab;
  values: Values;
  error: FormError | null;
  languages: { id: number; name: string }[];
  chosen: number[];
  sessions: SessionRow[];
  /** Empty on tabs that do not show it. */
  feedToken: string;
  invites: PagedResponse<LocalUserInvite>;
}

/** The user's settings as values of their form. */
function settingsValues(info: MyUserInfo): Values {
  const { local_user: user, person } = info.local_user_view;
  const values: Values = {
    display_name: person.display_name ?? "",
    bio: person.bio ?? "",
    email: user.email ?? "",
    matrix_user_id: person.matrix_user_id ?? "",
    bot_account: String(person.bot_account),
    theme: user.theme,
    interface_language: user.interface_language,
    default_listing_type: user.default_listing_type,
    post_listing_mode: user.post_listing_mode,
    default_post_sort_type: user.default_post_sort_type,
    default_comment_sort_type: user.default_comment_sort_type,
    default_post_time_range: formatTimeRange(
      user.default_post_time_range_seconds,
    ),
    default_items_per_page: String(user.default_items_per_page),
    show_downvotes: user.show_downvotes,
    blocking_keywords: info.keyword_blocks.join("\n"),
  };
  for (const [name] of SETTING_BOXES) values[name] = String(user[name]);
  return values;
}

/** Reads the settings page, with a refused form's values if there is one. */
export async function settingsPage(
  ctx: Context<State>,
  options: {
    tab?: Tab;
    values?: Values;
    chosen?: number[];
    error?: FormError;
    status?: number;
  } = {},
) {
  const { ctx: domain } = ctx.state;
  requireViewer(domain);
  const tab = options.tab ??
    oneOf(SETTING_TABS, ctx.url.searchParams.get("tab")) ?? "settings";
  const cursor = ctx.url.searchParams.get("cursor") ?? undefined;
  const [info, languages, sessions, feedToken, invites] = await Promise.all([
    readMyUser(domain),
    offeredLanguages(domain),
    tab === "sessions" ? listSessions(domain) : [],
    tab === "account" ? readFeedToken(domain) : "",
    tab === "invites"
      ? listInvites(domain, { page_cursor: cursor })
      : { items: [] },
  ]);
  const data: SettingsData = {
    tab,
    values: options.values ?? settingsValues(info),
    error: options.error ?? null,
    languages,
    chosen: options.chosen ?? info.discussion_languages,
    sessions,
    feedToken,
    invites,
  };
  return page(data, { status: options.status ?? 200 });
}

/** The settings of the signed-in user (web-ui §5.1). */
export function SettingsPage(
  { data, state, url }: { data: SettingsData; state: State; url: URL },
) {
  const ui = uiOf(state, url);
  const { t } = ui;
  return (
    <Layout ui={ui} title={t("title.settings")} noindex>
      <h1>{t("title.settings")}</h1>
      <nav class="tabs" aria-label={t("title.settings")}>
        {SETTING_TABS.map((tab) => (
          <a
            key={tab}
            href={`?tab=${tab}`}
            aria-current={tab === data.tab ? "page" : undefined}
          >
            {t(`settings.tab.${tab}`)}
          </a>
        ))}
      </nav>
      {data.tab === "settings" && (
        <>
          <PictureForm
            ui={ui}
            action="/settings/avatar"
            name="avatar"
            label={t("settings.avatar")}
            current={ui.viewer?.person.avatar}
          />
          <PictureForm
            ui={ui}
            action="/settings/banner"
            name="banner"
            label={t("settings.banner")}
            current={ui.viewer?.person.banner}
          />
          <SettingsForm
            ui={ui}
            values={data.values}
            error={data.error}
            languages={data.languages}
            chosen={data.chosen}
          />
          <MarkdownEditor texts={editorTexts(ui)} />
        </>
      )}
      {data.tab === "account" && (
        <>
          <PasswordForm ui={ui} error={data.error} />
          <AccountCards ui={ui} />
          <FeedAddresses ui={ui} token={data.feedToken} />
        </>
      )}
      {data.tab === "sessions" && <Sessions ui={ui} sessions={data.sessions} />}
      {data.tab === "invites" && (
        <Invites
          ui={ui}
          url={url}
          origin={state.ctx.config.origin}
          invites={data.invites}
        />
      )}
    </Layout>
  );
}

type UiProps = ReturnType<typeof uiOf>;

function PasswordForm({ ui, error }: { ui: UiProps; error: FormError | null }) {
  const { t } = ui;
  return (
    <form method="post" action="/settings/password" class="form card">
      <h2>{t("settings.change_password")}</h2>
      <FormProblem
        ui={ui}
        error={error}
        fields={["old_password", "new_password", "new_password_verify"]}
      />
      <TextField
        ui={ui}
        name="old_password"
        type="password"
        label={t("form.password_old")}
        error={error}
        autocomplete="current-password"
      />
      <TextField
        ui={ui}
        name="new_password"
        type="password"
        label={t("form.password_new")}
        help={t("help.password")}
        error={error}
        required
        minLength={10}
        maxLength={LIMITS.password}
        autocomplete="new-password"
      />
      <TextField
        ui={ui}
        name="new_password_verify"
        type="password"
        label={t("form.password_verify")}
        error={error}
        required
        autocomplete="new-password"
      />
      <button class="btn go" type="submit">{t("action.save")}</button>
    </form>
  );
}

function Sessions({ ui, sessions }: { ui: UiProps; sessions: SessionRow[] }) {
  const { t } = ui;
  return (
    <section>
      <h2>{t("settings.sessions")}</h2>
      <ul class="posts">
        {sessions.map((session) => (
          <li key={session.id} class="row post">
            <div class="t grow">
              <b dir="auto">{session.user_agent ?? "–"}</b>
              <div class="meta">
                <span>{session.ip}</span>
                <Time ui={ui} at={session.published_at} />
                {session.current && (
                  <span class="badge pri">{t("settings.session_current")}</span>
                )}
              </div>
            </div>
            {!session.current && (
              <form method="post" action="/settings/sessions">
                <input type="hidden" name="revoke" value={session.id} />
                <button class="btn bad" type="submit">
                  {t("action.revoke")}
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
