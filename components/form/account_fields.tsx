import { LIMITS } from "../../lib/domain/text/rules.ts";
import type { Ui } from "../ui.ts";
import { type FormError, TextField } from "./field.tsx";

/** Fields of a new account that can show their own error. */
export const ACCOUNT_FIELDS = [
  "username",
  "email",
  "password",
  "password_verify",
  "answer",
  "token",
] as const;

/** Name, e-mail and password, as sign-up and set-up ask for them. */
export function AccountFields(
  { ui, values, error }: {
    ui: Ui;
    values: Record<string, string>;
    error: FormError | null;
  },
) {
  const { t } = ui;
  const required = ui.site.local_site.email_verification_required;
  return (
    <>
      <TextField
        ui={ui}
        name="username"
        label={t("form.username")}
        value={values.username}
        help={t("help.username")}
        error={error}
        required
        minLength={2}
        maxLength={LIMITS.actorName}
        autocomplete="username"
        autofocus
      />
      <TextField
        ui={ui}
        name="email"
        type="email"
        label={t(required ? "form.email" : "form.email_optional")}
        value={values.email}
        help={t(required ? "help.email_required" : "help.email_optional")}
        error={error}
        required={required}
        autocomplete="email"
      />
      <TextField
        ui={ui}
        name="password"
        type="password"
        label={t("form.password")}
        help={t("help.password")}
        error={error}
        required
        minLength={10}
        maxLength={LIMITS.password}
        autocomplete="new-password"
      />
      <TextField
        ui={ui}
        name="password_verify"
        type="password"
        label={t("form.password_verify")}
        error={error}
        required
        autocomplete="new-password"
      />
    </>
  );
}
