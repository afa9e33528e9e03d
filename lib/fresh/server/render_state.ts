import type { ComponentChildren } from "preact";
import type { BuildCache, Island } from "../build_cache.ts";
import { HeadNodes } from "./head_nodes.ts";

/** Children of an island, made on the server and kept in the browser. */
export interface Slot {
  vnode: ComponentChildren;
  /** Whether the island has shown it. */
  rendered: boolean;
}

/** What is gathered while one page is rendered. */
export class RenderState {
  /** Islands of the page, in the order they appear first. */
  islands = new Set<Island>();
  islandProps: Record<string, unknown>[] = [];
  slots: Slot[] = [];
  head = new HeadNodes();
  /**
   * Whether the renderer is inside an island (true) or a slot (false). Islands
   * inside an island are its own children and need no marker of their own.
   */
  nesting: boolean[] = [];
  hasHtml = false;
  hasHead = false;
  hasBody = false;
  hasScripts = false;

  constructor(
    readonly path: string,
    readonly basePath: string,
    readonly build: BuildCache,
  ) {}
}

let current: RenderState | null = null;

/** The state of the page being rendered, if any. Rendering never awaits. */
export function getRenderState(): RenderState | null {
  return current;
}

/** Renders synchronously with the state in force. */
export function withRenderState<T>(state: RenderState, render: () => T): T {
  current = state;
  try {
    return render();
  } finally {
    current = null;
  }
}
