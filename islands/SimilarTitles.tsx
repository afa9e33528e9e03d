import { enhancer } from "../components/client/enhancer.ts";
import { fetchPage } from "../components/client/thread.ts";

/** Pause in typing after which posts are looked for, in milliseconds (web-ui §3.5). */
const PAUSE_MS = 1000;

/**
 * Shows which posts say the same already while the title of a new one is typed. Their place is kept
 * free, so that nothing below it moves, and they stay folded until the author opens them.
 */
export const SimilarTitles = enhancer(() => {
  const place = document.getElementById("similar")!;
  const { form } = document.querySelector<HTMLInputElement>("#f-name")!;
  const value = (name: string) => String(new FormData(form!).get(name)).trim();
  let asked = "";
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = async () => {
    const query = `${new URLSearchParams({
      name: value("name"),
      community: value("community"),
    })}`;
    if (query === asked) return;
    asked = query;
    const { page, status, redirected } = await fetchPage(
      `/create_post/similar?${query}`,
    );
    // The author has typed on, or is asked to sign in, or looks too often.
    if (query !== asked || redirected || status !== 200) return;
    const list = page.querySelector("details");
    if (list) list.open = place.querySelector("details")?.open ?? false;
    place.replaceChildren(...(list ? [document.importNode(list, true)] : []));
  };
  const later = () => {
    clearTimeout(timer);
    // What cannot be found now is no reason to disturb who is writing.
    timer = setTimeout(() => look().catch(() => asked = ""), PAUSE_MS);
  };
  form!.addEventListener("input", ({ target }) => {
    if ((target as HTMLInputElement).name === "name") later();
  });
  form!.addEventListener("change", ({ target }) => {
    if ((target as HTMLInputElement).name === "community") later();
  });
  // What was typed or filled in before this script ran is looked at as well.
  if (value("name") !== "" && !place.hasChildNodes()) later();
});
