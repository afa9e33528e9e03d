import { type ComponentChildren, h, options } from "preact";
import { completeElementProps } from "./element_props.ts";
import { setHeadCollector } from "../runtime/head.ts";
import { RemainingHead } from "./head_nodes.ts";
import { isInIsland, markIsland } from "./islands.ts";
import { PageScripts } from "./page_scripts.ts";
import { getRenderState, type RenderState } from "./render_state.ts";
import type { AnyVNode } from "./vnode.ts";

setHeadCollector((children) => getRenderState()?.head.collect(children));

/** Preact's hook before a node is rendered, by its name in minified builds. */
interface DiffHook {
  __b?(vnode: AnyVNode): void;
}

const hooks = options as typeof options & DiffHook;
const previousHook = hooks.__b;
hooks.__b = (vnode: AnyVNode) => {
  const state = getRenderState();
  if (state !== null) {
    if (typeof vnode.type === "function") markIsland(state, vnode);
    else prepareElement(state, vnode);
  }
  previousHook?.(vnode);
};

function prepareElement(state: RenderState, vnode: AnyVNode): void {
  switch (vnode.type) {
    case "html":
      state.hasHtml = true;
      break;
    case "head":
      state.hasHead = true;
      state.head.inHead = true;
      appendChild(vnode, h(RemainingHead, { nodes: state.head }));
      break;
    case "body":
      state.hasBody = true;
      appendChild(vnode, h(PageScripts, { state }));
      break;
    case "title":
    case "meta":
    case "link":
    case "script":
    case "style":
    case "base":
      state.head.replace(vnode);
      break;
    case "a":
    case "img":
    case "source":
      // In an island the browser renders it again, and would not know this.
      if (isInIsland(state)) break;
      vnode.props = completeElementProps(
        vnode.type,
        vnode.props,
        state.path,
      );
      break;
  }
}

function appendChild(vnode: AnyVNode, child: ComponentChildren): void {
  const { children } = vnode.props;
  vnode.props = { ...vnode.props, children: [children, child] };
}
