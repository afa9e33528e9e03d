import type { ComponentType } from "preact";
import { setBuildId } from "../build_id.ts";
import { deserialize, type Revivers } from "./deserialize.ts";
import { revive, SlotRef } from "./reviver.ts";

/** What the server left in the page; see `server/page_scripts.ts`. */
interface PageState {
  build: string;
  islands: [name: string, url: string, exportName: string][];
  /** Whether the props hold signals. */
  signals: boolean;
  props: unknown;
}

const state: PageState = JSON.parse(
  document.getElementById("__FRSH_STATE")!.textContent!,
);
setBuildId(state.build);

const revivers: Revivers = { Slot: (id) => new SlotRef(id as number) };
const components = new Map<string, ComponentType>();
await Promise.all([
  // Pages whose islands do without signals are spared the library.
  state.signals && import("./signals.ts").then(({ computed, signal }) => {
    revivers.Signal = signal;
    revivers.Computed = (value) => computed(() => value);
  }),
  ...state.islands.map(async ([name, url, exportName]) => {
    try {
      components.set(name, (await import(url))[exportName]);
    } catch (error) {
      // The others must work without it; its server HTML stays.
      console.error(error);
    }
  }),
]);
revive(
  document.body,
  components,
  deserialize(state.props, revivers) as Record<string, unknown>[],
);
