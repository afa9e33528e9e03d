import { relative, sep } from "node:path";
import {
  compareRouteFiles,
  type RouteFile,
  routeFileType,
} from "../fs_routes.ts";
import { pathToPattern } from "../pattern.ts";
import { walkFiles } from "./paths.ts";

const SOURCE_FILE = /\.[jt]sx?$/;
const PRIVATE_GROUP = /\/\((_[^/]+)\)\//;

/** Source files of a project that the build works on. */
export interface Crawl {
  /** Paths of island modules. */
  islands: string[];
  routes: RouteFile[];
}

/**
 * Collects islands and routes. Files below a `(_folder)` of the routes are no
 * routes; those below `(_islands)` are islands.
 */
export async function crawl(
  { routeDir, islandDir, ignore }: {
    routeDir: string;
    islandDir: string;
    ignore: RegExp[];
  },
): Promise<Crawl> {
  const isSource = (path: string) =>
    SOURCE_FILE.test(path) && !ignore.some((pattern) => pattern.test(path));
  const islands = (await walkFiles(islandDir)).filter(isSource);
  const routes: RouteFile[] = [];
  for (const filePath of (await walkFiles(routeDir)).filter(isSource)) {
    const path = `/${relative(routeDir, filePath).split(sep).join("/")}`;
    const group = PRIVATE_GROUP.exec(path)?.[1];
    if (group === "_islands") islands.push(filePath);
    if (group === undefined) routes.push(toRouteFile(path, filePath));
  }
  return { islands, routes: routes.sort(compareRouteFiles) };
}

/** @param path below the routes folder, with leading slash and extension */
function toRouteFile(path: string, filePath: string): RouteFile {
  const id = path.replace(SOURCE_FILE, "");
  const type = routeFileType(id);
  // Special files apply to their folder, as an index page does.
  const place = type === "route"
    ? id.slice(1)
    : id.slice(1, Math.max(1, id.lastIndexOf("/")));
  let pattern = pathToPattern(place, { keepGroups: true });
  if (id.endsWith("/index") && !pattern.endsWith("/")) pattern += "/";
  return { id, filePath, type, pattern, routePattern: pathToPattern(place) };
}
