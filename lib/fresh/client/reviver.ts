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
  id: number;

  constructor(id: number) {
    this.id = id;
  }
}

/** Nodes between two comments. */
interface Range {
  start: Comment;
  end?: Comment;
  /** Of an island: name, index of the props and key; of a slot: number. */
  parts: string[];
}

/**
 * Makes the islands of a page live: renders every outermost island below
 * `root` over its server HTML.
 */
export function revive(
  root: Node,
  components: Map<string, ComponentType>,
  props: Record<string, unknown>[],
): void {
  const slots = new Map<number, Range>();

  /** Finds the outermost islands, and all slots. */
  const scan = (node: Node): Range[] => {
    const islands: Range[] = [];
    const open: Range[] = [];
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_COMMENT);
    while (walker.nextNode()) {
      const start = walker.currentNode as Comment;
      const [prefix, kind, ...parts] = start.data.split(":");
      if (prefix === "frsh") {
        const range: Range = { start, parts };
        if (kind === "slot") slots.set(+parts[0], range);
        else if (open.length === 0) islands.push(range);
        open.push(range);
      } else if (prefix === "/frsh") {
        const range = open.pop();
        if (range) range.end = start;
      }
    }
    return islands;
  };

  const island = ([name, index, key]: string[]): VNode | undefined => {
    const component = components.get(name);
    if (!component) return;
    const own: Record<string, unknown> = { key: key || undefined };
    for (const [prop, value] of Object.entries(props[+index])) {
      own[prop] = value instanceof SlotRef ? slot(value.id) : value;
    }
    return h(component, own);
  };

  /** A slot's content: in its place, or in a template if not shown yet. */
  const slot = (id: number): VNode => {
    const range = slots.get(id);
    if (range) {
      return h(Fragment, null, children(range.start.nextSibling, range.end));
    }
    const template = document.getElementById(`frsh-slot-${id}`);
    const { content } = template as HTMLTemplateElement;
    scan(content);
    return h(Fragment, null, children(content.firstChild));
  };

  /** Virtual nodes for what is there already, so that rendering keeps it. */
  const children = (node: Node | null, end?: Node): ComponentChild[] => {
    const vnodes: ComponentChild[] = [];
    for (; node && node !== end; node = node.nextSibling) {
      if (node instanceof Text) vnodes.push(node.data);
      else if (node instanceof Element) {
        const inner = children(node.firstChild);
        vnodes.push(h(node.localName, attributesOf(node), inner));
      } else if (node instanceof Comment) {
        const [prefix, kind, ...parts] = node.data.split(":");
        const vnode = prefix === "frsh" && kind === "island" && island(parts);
        if (vnode) {
          vnodes.push(vnode);
          node = endOf(node);
        }
      }
    }
    return vnodes;
  };

  for (const { start, end, parts } of scan(root)) {
    const vnode = island(parts);
    if (vnode && end) render(vnode, rangeParent(start, end));
  }
}

/** The comment that ends the island which the given one starts. */
function endOf(start: Comment): Node {
  let node: Node = start;
  for (let depth = 1; depth > 0 && node.nextSibling;) {
    node = node.nextSibling;
    if (node instanceof Comment) {
      if (node.data.startsWith("frsh:")) depth++;
      if (node.data.startsWith("/frsh:")) depth--;
    }
  }
  return node;
}

function attributesOf(element: Element): Record<string, unknown> {
  const props: Record<string, unknown> = {};
  for (const { name, value } of element.attributes) {
    const current = (element as unknown as Record<string, unknown>)[name];
    // What the reader may have changed in a form must not be set back.
    const prop = element instanceof HTMLInputElement &&
        /^(value|checked)$/.test(name)
      ? `default${name[0].toUpperCase()}${name.slice(1)}`
      : name;
    // Preact takes `on…` as listeners, which text is not.
    if (!name.startsWith("on")) {
      props[prop] = typeof current === "boolean" ? value !== "false" : value;
    }
  }
  return props;
}
