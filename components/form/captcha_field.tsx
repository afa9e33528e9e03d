import type { CaptchaResponse } from "../../lib/domain/account/captcha.ts";
import type { Ui } from "../ui.ts";
import { type FormError, TextField } from "./field.tsx";

/** A riddle to be seen or heard, both in the page itself; loading the page again gives another. */
export function CaptchaField(
  { ui, captcha, error }: {
    ui: Ui;
    captcha: CaptchaResponse;
    error: FormError | null;
  },
) {
  const { t } = ui;
  return (
    <fieldset>
      <legend>{t("form.captcha")}</legend>
      <input type="hidden" name="captcha_uuid" value={captcha.uuid} />
      <img src={`data:image/png;base64,${captcha.png}`} alt="" height={84} />
      <audio
        controls
        preload="none"
        aria-label={t("form.captcha_audio")}
        src={`data:audio/wav;base64,${captcha.wav}`}
      />
      <TextField
        ui={ui}
        name="captcha_answer"
        label={t("form.captcha")}
        error={error}
        required
        autocomplete="off"
      />
      <a class="small" href="">{t("form.captcha_new")}</a>
    </fieldset>
  );
}
