import type { Ui } from "../ui.ts";
import { type FormError, TextField } from "./field.tsx";

/** Field for the six digits of an authenticator app. */
export function TotpField(
  { ui, error, help, autofocus }: {
    ui: Ui;
    error: FormError | null;
    help?: string;
    autofocus?: boolean;
  },
) {
  return (
    <TextField
      ui={ui}
      name="totp_token"
      label={ui.t("form.totp")}
      help={help}
      error={error}
      required
      pattern="\s*\d{6}\s*"
      inputMode="numeric"
      autocomplete="one-time-code"
      autofocus={autofocus}
    />
  );
}
