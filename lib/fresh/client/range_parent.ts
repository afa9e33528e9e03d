/**
 * A stand-in for a parent element whose children are the nodes between two
 * comments, with what Preact needs of a parent to render into it.
 */
export function rangeParent(start: Comment, end: Comment): Element {
  const parent = start.parentNode as Element;
  const stand = {
    nodeType: Node.ELEMENT_NODE,
    namespaceURI: parent.namespaceURI,
    ownerDocument: parent.ownerDocument,
    parentNode: parent,
    get firstChild() {
      return start.nextSibling === end ? null : start.nextSibling;
    },
    get childNodes() {
      const nodes: Node[] = [];
      for (let node = this.firstChild; node && node !== end;) {
        nodes.push(node);
        node = node.nextSibling;
      }
      return nodes;
    },
    contains: (node: Node) => parent.contains(node),
    insertBefore: (node: Node, before: Node | null) =>
      parent.insertBefore(node, before ?? end),
    appendChild: (node: Node) => parent.insertBefore(node, end),
    removeChild: (node: Node) => parent.removeChild(node),
  };
  return stand as unknown as Element;
}
