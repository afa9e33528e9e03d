import type { Ui } from "./ui.ts";

/** One button per provider that people may sign in through. */
export function OAuthButtons(
  { ui, providers, prev }: {
    ui: Ui;
    providers: readonly { id: number; display_name: string }[];
    /** Where to go after signing in. */
    prev?: string;
  },
) {
  if (providers.length === 0) return null;
  return (
    <form method="post" action="/oauth/start" class="form card narrow">
      {prev && <input type="hidden" name="prev" value={prev} />}
      {providers.map(({ id, display_name }) => (
        <button
          key={id}
          class="btn"
          type="submit"
          name="provider"
          value={String(id)}
        >
          {ui.t("login.with", { provider: display_name })}
        </button>
      ))}
    </form>
  );
}
