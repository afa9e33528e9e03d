import { Component, type ComponentChild, type ComponentType } from "preact";

/**
 * An island that adds behaviour to what the server rendered, instead of rendering it again. It
 * needs neither hooks nor signals, which keeps the shared script small (web-ui §0.2).
 *
 * @param start called once in the browser, with the island's props and the element it rendered
 * @param view what the island itself shows; nothing if absent
 */
export function enhancer<Props = Record<never, never>>(
  start: (props: Props, element: HTMLElement) => void,
  view?: () => ComponentChild,
): ComponentType<Props> {
  return class extends Component<Props> {
    override componentDidMount() {
      start(this.props, this.base as HTMLElement);
    }
    override shouldComponentUpdate() {
      return false;
    }
    render() {
      return view ? view() : null;
    }
  };
}
