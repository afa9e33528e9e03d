/** Reloads the page when the server says so or was started anew. */
const events = new EventSource("/_frsh/alive");
let known: string | null = null;

events.addEventListener("start", (event) => {
  const { data } = event as MessageEvent<string>;
  if (known !== null && known !== data) location.reload();
  known = data;
});
events.addEventListener("reload", () => location.reload());
