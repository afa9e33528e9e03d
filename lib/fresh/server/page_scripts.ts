import { Fragment, h } from "preact";
import { BUILD_ID } from "../build_id.ts";
import { replaceInProps } from "./islands.ts";
import type { RenderState } from "./render_state.ts";
import { serialize } from "./serialize.ts";
import type { AnyVNode } from "./vnode.ts";

interface Props {
  state: RenderState;
}

/**
 * Last child of the body: what the browser needs to revive the page's islands.
 * The state is data and the runtime a file, so that a content security policy
 * need not allow inline scripts. Pages without islands get nothing.
 */
export function PageScripts({ state }: Props): AnyVNode | null {
  if (state.hasScripts) return null;
  state.hasScripts = true;
  return h(
    Fragment,
    null,
    h(HiddenSlots, { state, from: 0 }),
    h(StateScripts, { state }),
  );
}

/**
 * Slots that their island has not shown yet. One at a time: showing one can
 * bring further islands with slots.
 */
function HiddenSlots(
  { state, from }: Props & { from: number },
): AnyVNode | null {
  const id = state.slots.findIndex((slot, i) => i >= from && !slot.rendered);
  if (id === -1) return null;
  return h(
    Fragment,
    null,
    h("template", { id: `frsh-slot-${id}` }, state.slots[id].vnode),
    h(HiddenSlots, { state, from: id + 1 }),
  );
}

function StateScripts({ state }: Props): AnyVNode {
  const { basePath, build, islands } = state;
  const scripts: AnyVNode[] = [];
  if (islands.size > 0) {
    scripts.push(
      h("script", {
        type: "application/json",
        id: "__FRSH_STATE",
        dangerouslySetInnerHTML: { __html: pageState(state) },
      }),
      h("script", { type: "module", src: basePath + build.clientEntry }),
    );
  }
  if (build.devClientEntry !== undefined) {
    const src = basePath + build.devClientEntry;
    scripts.push(h("script", { type: "module", src }));
  }
  return h(Fragment, null, scripts);
}

/** The data that the browser runtime reads; see `client/boot.ts`. */
function pageState({ basePath, islands, islandProps }: RenderState): string {
  const manifest = Array.from(islands, ({ name, file, exportName }) => [
    name,
    basePath + file,
    exportName,
  ]);
  let signals = false;
  const props = serialize(islandProps, (value) => {
    const replaced = replaceInProps(value);
    if (replaced !== undefined) signals ||= replaced[0] !== "Slot";
    return replaced;
  });
  const head = JSON.stringify({ build: BUILD_ID, islands: manifest, signals })
    .replaceAll("<", "\\u003c");
  return `${head.slice(0, -1)},"props":${props}}`;
}

/** The `Link` header that lets browsers fetch all modules at once. */
export function preloadLinks({ basePath, build, islands }: RenderState) {
  if (islands.size === 0) return "";
  const files = new Set([build.clientEntry, ...build.clientImports]);
  for (const island of islands) {
    files.add(island.file);
    for (const file of island.imports) files.add(file);
  }
  return Array.from(
    files,
    (file) =>
      `<${encodeURI(basePath + file)}>; rel="modulepreload"; as="script"`,
  ).join(", ");
}
