/**
 * A stand-in for a parent element whose children are the nodes between two
 * comments, with what Preact needs of the element it renders into.
 */
export function rangeParent(start: Comment, end: Comment): Element {
  const parent = start.parentNode as Element;
  const childNodes = () => {
    const nodes: Node[] = [];
    let node = start.nextSibling;
    for (; node && node !== end; node = node.nextSibling) nodes.push(node);
    return nodes;
  };
  const stand = {
    namespaceURI: parent.namespaceURI,
    get firstChild() {
      return childNodes()[0];
    },
    get childNodes() {
      return childNodes();
    },
    contains: (node: Node) => parent.contains(node),
    insertBefore: (node: Node, before: Node | null) =>
      parent.insertBefore(node, before || end),
  };
  return stand as unknown as Element;
}
