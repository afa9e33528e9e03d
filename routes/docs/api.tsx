import { page } from "fresh";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import { describeApi } from "../../lib/api/v4/reference.ts";
import { define } from "../../lib/http/state.ts";

const BASE = "/api/v4";

let described: ReturnType<typeof describeApi> | undefined;

export const handler = define.handlers({
  GET: () => page({ groups: described ??= describeApi() }),
});

/** The API as people read it; tools read `openapi.json`. */
export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  return (
    <Layout ui={ui} title={t("title.api")}>
      <h1>{t("title.api")}</h1>
      <p>
        {t.parts("api.intro", {
          base: <code>{BASE}</code>,
          file: <a href={`${BASE}/openapi.json`}>openapi.json</a>,
        })}
      </p>
      {[...data.groups].map(([group, endpoints]) => (
        <section key={group} id={group} dir="ltr">
          <h2>{group}</h2>
          {endpoints.map((endpoint) => (
            <details key={endpoint.name} id={endpoint.name} class="card">
              <summary>
                {endpoint.routes.map(({ method, path }) => (
                  <code key={method + path}>{method} {path}</code>
                ))} <span class="muted">{endpoint.name}</span>{" "}
                {endpoint.auth === "user" && (
                  <span class="badge">{t("api.signed_in")}</span>
                )}{" "}
                {endpoint.upload && (
                  <span class="badge">{t("api.upload")}</span>
                )}
              </summary>
              {endpoint.bucket && (
                <p class="muted small">
                  {t("api.bucket", { name: endpoint.bucket })}
                </p>
              )}
              <ul>
                {endpoint.fields.map(({ name, type, required }) => (
                  <li key={name}>
                    <code>{name}</code>: {type}
                    {required && <small>{` (${t("api.required")})`}</small>}
                  </li>
                ))}
              </ul>
            </details>
          ))}
        </section>
      ))}
    </Layout>
  );
});
