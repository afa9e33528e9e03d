import type { VNode } from "preact";

/** A node whose component's props do not matter. */
// deno-lint-ignore no-explicit-any
export type AnyVNode = VNode<any>;
