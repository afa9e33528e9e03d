import { enhancer } from "../components/client/enhancer.ts";

/** Applies the selects of `form[data-apply]` when they change, and closes menus that are left. */
export const ApplyOnChange = enhancer(() => {
  applyOnChange();
  closeMenus();
});

function applyOnChange(): void {
  // Arrow keys change a closed select with every press: whoever walks through the choices by
  // keyboard gets the button back instead of a new page at each step.
  let walking = false;
  document.addEventListener("keydown", ({ key }) => {
    walking = key !== "Enter";
  });
  document.addEventListener("pointerdown", () => {
    walking = false;
  });
  document.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLSelectElement)) return;
    const form = target.form;
    if (!form?.matches("[data-apply]")) return;
    if (walking) hideButton(form, false);
    else form.submit();
  });
  const forms = document.querySelectorAll<HTMLFormElement>("form[data-apply]");
  for (const form of forms) hideButton(form, true);
}

function hideButton(form: HTMLFormElement, hidden: boolean): void {
  const button = form.querySelector<HTMLElement>("button[type=submit]");
  if (button) button.hidden = hidden;
}

function closeMenus(): void {
  const closeExcept = (target: EventTarget | null) => {
    for (
      const menu of document.querySelectorAll<HTMLDetailsElement>(
        "details.menu[open]",
      )
    ) {
      if (target instanceof Node && menu.contains(target)) continue;
      if (menu.contains(document.activeElement)) {
        menu.querySelector("summary")?.focus({ preventScroll: true });
      }
      menu.open = false;
    }
  };
  document.addEventListener("pointerdown", ({ target }) => closeExcept(target));
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") closeExcept(null);
  });
}
