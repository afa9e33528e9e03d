import type { ComponentChildren } from "preact";

export interface HeadProps {
  children?: ComponentChildren;
}

let collect: ((children: ComponentChildren) => void) | null = null;

/** Says where the server's renderer wants the children of `Head`. */
export function setHeadCollector(
  collector: (children: ComponentChildren) => void,
): void {
  collect = collector;
}

/**
 * Puts its children into the document's head. An element of the same key, or a
 * title, or a meta element of the same name takes the place of the app
 * wrapper's. In browsers it renders nothing: the head came with the page.
 */
export function Head(props: HeadProps): null {
  collect?.(props.children);
  return null;
}
