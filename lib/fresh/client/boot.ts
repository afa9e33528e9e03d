import { computed, signal } from "@preact/signals";
import { type ComponentType, options, type VNode } from "preact";
import { setBuildId } from "../build_id.ts";
import { completeElementProps } from "../runtime/element_props.ts";
import { deserialize } from "./deserialize.ts";
import { Reviver, SlotRef } from "./reviver.ts";

/** What the server left in the page; see `server/page_scripts.ts`. */
interface PageState {
  build: string;
  islands: [name: string, url: string, exportName: string][];
  props: unknown;
}

const state: PageState = JSON.parse(
  document.getElementById("__FRSH_STATE")!.textContent!,
);
setBuildId(state.build);

const previousHook = options.vnode;
options.vnode = (vnode: VNode) => {
  vnode.props = completeElementProps(
    vnode.type,
    vnode.props as Record<string, unknown>,
    location.pathname,
  ) as typeof vnode.props;
  previousHook?.(vnode);
};

const components = new Map<string, ComponentType>();
await Promise.all(state.islands.map(async ([name, url, exportName]) => {
  try {
    components.set(name, (await import(url))[exportName]);
  } catch (error) {
    // The others must work without it; its server HTML stays.
    console.error(error);
  }
}));

const props = deserialize(state.props, {
  Signal: (value) => signal(value),
  Computed: (value) => computed(() => value),
  Slot: (id) => new SlotRef(id as number),
});
new Reviver(components, props as Record<string, unknown>[]).revive(
  document.body,
);
