import {
  type ComponentChild,
  type ComponentType,
  Fragment,
  h,
  render,
  type VNode,
} from "preact";
import { rangeParent } from "./range_parent.ts";

/** Stands in props for content that the server rendered. */
export class SlotRef {
  constructor(readonly id: number) {}
}

/** Nodes between two comments. */
interface Range {
  start: Comment;
  end: Comment | null;
}

interface IslandRange extends Range {
  /** Name, index of the props and key. */
  parts: string[];
}

/** Makes the islands of a page live. */
export class Reviver {
  #slots = new Map<number, Range>();

  constructor(
    readonly components: Map<string, ComponentType>,
    readonly props: Record<string, unknown>[],
  ) {}

  /** Renders every outermost island below `root` over its server HTML. */
  revive(root: Node): void {
    for (const { start, end, parts } of this.#scan(root)) {
      const vnode = this.#island(parts);
      if (vnode !== null && end !== null) {
        render(vnode, rangeParent(start, end));
      }
    }
  }

  /** Finds the outermost islands, and all slots. */
  #scan(root: Node): IslandRange[] {
    const islands: IslandRange[] = [];
    const open: Range[] = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
    while (walker.nextNode()) {
      const start = walker.currentNode as Comment;
      const [prefix, kind, ...parts] = start.data.split(":");
      if (prefix === "frsh") {
        const range = { start, end: null, parts };
        if (kind === "slot") this.#slots.set(+parts[0], range);
        else if (open.length === 0) islands.push(range);
        open.push(range);
      } else if (prefix === "/frsh") {
        const range = open.pop();
        if (range !== undefined) range.end = start;
      }
    }
    return islands;
  }

  #island([name, index, key]: string[]): VNode | null {
    const component = this.components.get(name);
    if (component === undefined) return null;
    const props: Record<string, unknown> = { key: key || undefined };
    for (const [prop, value] of Object.entries(this.props[+index])) {
      props[prop] = value instanceof SlotRef ? this.#slot(value.id) : value;
    }
    return h(component, props);
  }

  /** A slot's content: in its place, or in a template if not shown yet. */
  #slot(id: number): VNode {
    const range = this.#slots.get(id);
    if (range !== undefined) {
      return h(
        Fragment,
        null,
        this.#children(range.start.nextSibling, range.end),
      );
    }
    const template = document.getElementById(`frsh-slot-${id}`);
    const { content } = template as HTMLTemplateElement;
    this.#scan(content);
    return h(Fragment, null, this.#children(content.firstChild, null));
  }

  /** Virtual nodes for what is there already, so that rendering keeps it. */
  #children(node: Node | null, end: Node | null): ComponentChild[] {
    const children: ComponentChild[] = [];
    for (; node !== null && node !== end; node = node.nextSibling) {
      if (node instanceof Text) children.push(node.data);
      else if (node instanceof Element) {
        const inner = this.#children(node.firstChild, null);
        children.push(h(node.localName, attributesOf(node), inner));
      } else if (node instanceof Comment) {
        const [prefix, kind, ...parts] = node.data.split(":");
        if (prefix !== "frsh" || kind !== "island") continue;
        const island = this.#island(parts);
        if (island === null) continue;
        children.push(island);
        node = endOf(node);
      }
    }
    return children;
  }
}

/** The comment that ends the island which the given one starts. */
function endOf(start: Comment): Node {
  let node: Node = start;
  for (let depth = 1; depth > 0;) {
    if (node.nextSibling === null) return node;
    node = node.nextSibling;
    if (!(node instanceof Comment)) continue;
    if (node.data.startsWith("frsh:")) depth++;
    else if (node.data.startsWith("/frsh:")) depth--;
  }
  return node;
}

/** What the reader may have changed must not be set back. */
const DEFAULTS: Record<string, string> = {
  value: "defaultValue",
  checked: "defaultChecked",
};

function attributesOf(element: Element): Record<string, unknown> {
  const props: Record<string, unknown> = {};
  const isInput = element instanceof HTMLInputElement;
  for (const { name, value } of element.attributes) {
    // Preact takes `on…` as listeners, which text is not.
    if (name.startsWith("on")) continue;
    const current = (element as unknown as Record<string, unknown>)[name];
    props[isInput ? DEFAULTS[name] ?? name : name] =
      typeof current === "boolean" ? value !== "false" : value;
  }
  return props;
}
