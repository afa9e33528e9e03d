import { asset, assetSrcSet } from "../runtime/asset.ts";

type Props = Record<string, unknown>;

/**
 * Completes the attributes of an element: links to the current page or one
 * above it are marked for styles and screen readers, images get the address of
 * the running build unless they carry `data-fresh-disable-lock`. Returns new
 * props if something changes: the node may be a constant of its module.
 */
export function completeElementProps(
  type: unknown,
  props: Props,
  currentPath: string,
): Props {
  if (type === "a") {
    const { href } = props;
    return typeof href === "string" && href.startsWith("/")
      ? markActive(props, href, currentPath)
      : props;
  }
  if (type !== "img" && type !== "source") return props;
  const { src, srcset } = props;
  if (props["data-fresh-disable-lock"]) return props;
  const completed = { ...props };
  if (typeof src === "string") completed.src = asset(src);
  if (typeof srcset === "string") completed.srcset = assetSrcSet(srcset);
  return completed;
}

function markActive(props: Props, href: string, currentPath: string): Props {
  const target = withoutTrailingSlash(href.replace(/[?#].*$/s, ""));
  const current = withoutTrailingSlash(currentPath);
  if (target === current) {
    return { ...props, "data-current": "true", "aria-current": "page" };
  }
  if (target === "/" || current.startsWith(`${target}/`)) {
    return { ...props, "data-ancestor": "true", "aria-current": "true" };
  }
  return props;
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
