import { type ComponentChildren, Fragment, h, isValidElement } from "preact";
import type { Island } from "../build_cache.ts";
import { getRenderState, type RenderState } from "./render_state.ts";
import type { Replacer } from "./serialize.ts";
import type { AnyVNode } from "./vnode.ts";

/** Whether what is rendered now is an island's own, not content given to it. */
export function isInIsland(state: RenderState): boolean {
  return state.nesting.at(-1) === true;
}

/** Makes the node an island's boundary, if its component is an island. */
export function markIsland(state: RenderState, vnode: AnyVNode): void {
  if (isInIsland(state)) return;
  const island = state.build.islandRegistry.get(vnode.type);
  if (island === undefined) return;
  const props: BoundaryProps = {
    island,
    inner: vnode.props,
    islandKey: vnode.key,
  };
  vnode.type = IslandBoundary;
  vnode.props = props;
}

interface BoundaryProps {
  island: Island;
  inner: Record<string, unknown>;
  islandKey: unknown;
}

/** An island between comments that tell where it is and which its props are. */
function IslandBoundary({ island, inner, islandKey }: BoundaryProps): AnyVNode {
  const state = getRenderState()!;
  state.islands.add(island);
  const props: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(inner)) {
    props[name] = isSlotContent(name, value)
      ? toSlot(state, value as ComponentChildren)
      : value;
  }
  const index = state.islandProps.push(props) - 1;
  const marker = `frsh:island:${island.name}:${index}:${keyText(islandKey)}`;
  return nested(true, marker, h(island.fn, props), "/frsh:island");
}

/** A key that can stand in a comment and holds no separator. */
function keyText(key: unknown): string {
  return encodeURIComponent(String(key ?? "")).replaceAll("-", "%2D");
}

/** Children, and JSX in any other prop; a signal is no JSX though it renders. */
function isSlotContent(name: string, value: unknown): boolean {
  if (typeof value !== "object" || value === null || isSignal(value)) {
    return false;
  }
  return name === "children" || isValidElement(value);
}

function toSlot(state: RenderState, vnode: ComponentChildren): AnyVNode {
  const id = state.slots.push({ vnode, rendered: false }) - 1;
  return h(SlotBoundary, { id });
}

/** Content that an island was given, between comments of its own. */
function SlotBoundary({ id }: { id: number }): AnyVNode {
  const slot = getRenderState()!.slots[id];
  slot.rendered = true;
  return nested(false, `frsh:slot:${id}`, slot.vnode, "/frsh:slot");
}

function nested(
  inIsland: boolean,
  start: string,
  content: ComponentChildren,
  end: string,
): AnyVNode {
  return h(
    Fragment,
    null,
    comment(start),
    h(Enter, { inIsland }),
    content,
    h(Leave, null),
    comment(end),
  );
}

function Enter({ inIsland }: { inIsland: boolean }): null {
  getRenderState()!.nesting.push(inIsland);
  return null;
}

function Leave(): null {
  getRenderState()!.nesting.pop();
  return null;
}

function comment(text: string): AnyVNode {
  return h(Fragment, { UNSTABLE_comment: text } as object);
}

const SIGNAL_BRAND = Symbol.for("preact-signals");

interface SignalLike {
  peek(): unknown;
  brand: symbol;
}

/** Whether the value is a signal, of any copy of the signals library. */
function isSignal(value: object): value is SignalLike {
  return (value as Partial<SignalLike>).brand === SIGNAL_BRAND;
}

/** A computed signal holds its function; the minified name is `x`. */
function isComputed(value: SignalLike): boolean {
  return ["x", "_fn"].some((name) =>
    typeof (value as unknown as Record<string, unknown>)[name] === "function"
  );
}

/** Writes signals by their value and slots by their number. */
export const replaceInProps: Replacer = (value) => {
  if (isSignal(value)) {
    return [isComputed(value) ? "Computed" : "Signal", value.peek()];
  }
  if (!isValidElement(value)) return undefined;
  const { type, props } = value as AnyVNode;
  if (type === SlotBoundary) return ["Slot", props.id];
  throw new TypeError(
    "JSX inside an island's props must be its children or a prop by itself",
  );
};
