/** How long a message stays, in milliseconds. */
const SHOWN_MS = 8000;

let region: HTMLElement | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows a message of failure at the edge of the window and has it read out. */
export function toast(text: string): void {
  if (!region) {
    region = document.createElement("div");
    region.className = "toast";
    region.setAttribute("role", "alert");
    document.body.append(region);
  }
  const message = document.createElement("p");
  message.className = "notice bad";
  message.textContent = text;
  region.replaceChildren(message);
  clearTimeout(timer);
  timer = setTimeout(() => region?.replaceChildren(), SHOWN_MS);
}
