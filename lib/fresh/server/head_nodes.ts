import {
  type ComponentChildren,
  Fragment,
  h,
  isValidElement,
  toChildArray,
} from "preact";
import type { AnyVNode } from "./vnode.ts";

/** What `Head` components of a page want in the document's head. */
export class HeadNodes {
  /** Whether the document's own head is being rendered. */
  inHead = false;
  #keyed = new Map<string, AnyVNode>();
  #others: ComponentChildren[] = [];

  /** Takes the children of a `Head`; a later one of the same key wins. */
  collect(children: ComponentChildren): void {
    for (const child of toChildArray(children)) {
      if (!isValidElement(child)) {
        this.#others.push(child);
      } else if (child.type === Fragment && !("tpl" in child.props)) {
        this.collect(child.props.children);
      } else {
        const key = headKey(child);
        if (key === null) this.#others.push(child);
        else this.#keyed.set(key, child);
      }
    }
  }

  /** Puts a collected element in the place of one that the head has itself. */
  replace(vnode: AnyVNode): void {
    if (!this.inHead || this.#keyed.size === 0) return;
    const key = headKey(vnode);
    const collected = key === null ? undefined : this.#keyed.get(key);
    if (collected === undefined || collected === vnode) return;
    this.#keyed.delete(key!);
    vnode.type = collected.type;
    vnode.props = collected.props;
  }

  /** Takes out what no element of the head gave its place to. */
  takeRemaining(): ComponentChildren[] {
    const remaining = [...this.#keyed.values(), ...this.#others];
    this.#keyed.clear();
    this.#others = [];
    this.inHead = false;
    return remaining;
  }
}

/** Last child of the head element: everything that was collected and is left. */
export function RemainingHead(
  { nodes }: { nodes: HeadNodes },
): AnyVNode | null {
  const remaining = nodes.takeRemaining();
  return remaining.length === 0 ? null : h(Fragment, null, ...remaining);
}

/** What two head elements have in common that cannot stand together. */
function headKey({ type, key, props }: AnyVNode): string | null {
  if (typeof type !== "string") return null;
  if (key !== undefined && key !== null) return `${type}:key:${key}`;
  if (type === "title" || type === "base") return type;
  if (type === "meta") {
    for (const name of ["charset", "name", "property", "http-equiv"]) {
      if (props[name] !== undefined) return `meta:${name}:${props[name]}`;
    }
    return null;
  }
  if (type === "link" && props.rel === "canonical") return "link:canonical";
  const identity = props.href ?? props.src;
  return identity === undefined ? null : `${type}:${props.rel}:${identity}`;
}
