import { type Command, toRoute } from "./commands.ts";
import type { RouteHandler } from "./handlers.ts";
import type {
  LayoutConfig,
  Middleware,
  Route,
  RouteComponent,
  RouteConfig,
} from "./types.ts";

/** What a file below the routes folder is. */
export type RouteFileType =
  | "app"
  | "middleware"
  | "layout"
  | "error"
  | "notFound"
  | "route";

/** A file below the routes folder. */
export interface RouteFile {
  /** Its path below the folder without extension, as `/c/[name]/index`. */
  id: string;
  filePath: string;
  type: RouteFileType;
  /** Place in the tree of segments; keeps route groups. */
  pattern: string;
  /** URL pattern. */
  routePattern: string;
}

/** A route file with its loaded module. */
export interface FsRouteFile<State> extends Omit<RouteFile, "filePath"> {
  mod: FreshFsMod<State>;
}

/** Exports of a route file that mean something. */
export interface FreshFsMod<State> {
  config?: RouteConfig & LayoutConfig;
  handler?: RouteHandler<unknown, State> | Middleware<State>[];
  handlers?: RouteHandler<unknown, State> | Middleware<State>[];
  default?: RouteComponent<State> | Middleware<State> | Middleware<State>[];
}

/**
 * Turns loaded route files into the calls on the app that they stand for.
 *
 * @throws {Error} if a file exports nothing that fits what it is.
 */
export function fsItemsToCommands<State>(
  files: FsRouteFile<State>[],
): Command<State>[] {
  return files.map((file) => toCommand(file));
}

function toCommand<State>(file: FsRouteFile<State>): Command<State> {
  const { mod, pattern, id } = file;
  const handlers = mod.handlers ?? mod.handler;
  const config = mod.config ?? {};
  const place = { pattern, includeLastSegment: true };

  switch (file.type) {
    case "middleware": {
      const exported = handlers ?? mod.default;
      const fns = Array.isArray(exported) ? exported : [exported];
      if (fns.some((fn) => typeof fn !== "function")) {
        throw new Error(`${id} must export a middleware or a list of them`);
      }
      return { ...place, type: "middleware", fns: fns as Middleware<State>[] };
    }
    case "layout":
      return {
        ...place,
        type: "layout",
        component: componentOf(file)!,
        config,
      };
    case "app":
      return { ...place, type: "app", component: componentOf(file)! };
    case "error":
    case "notFound":
      return { ...place, type: file.type, route: routeOf(file) };
    case "route": {
      const route = routeOf(file);
      route.config = {
        ...config,
        routeOverride: config.routeOverride ?? file.routePattern,
      };
      return {
        pattern,
        includeLastSegment: false,
        type: "route",
        route,
        config: route.config,
      };
    }
  }
}

function componentOf<State>(
  { id, mod }: FsRouteFile<State>,
): RouteComponent<State> {
  if (typeof mod.default !== "function") {
    throw new Error(`${id} must export a component as default`);
  }
  return mod.default as RouteComponent<State>;
}

function routeOf<State>({ id, mod }: FsRouteFile<State>): Route<State> {
  const handler = mod.handlers ?? mod.handler;
  if (handler === undefined && mod.default === undefined) {
    throw new Error(`${id} must export a component or handlers`);
  }
  if (Array.isArray(handler)) {
    throw new Error(`${id} must export handlers by method or one handler`);
  }
  return toRoute<State>({
    handler,
    component: mod.default as RouteComponent<State> | undefined,
    config: mod.config,
  });
}

const SPECIAL_FILES: Record<string, RouteFileType> = {
  _app: "app",
  _middleware: "middleware",
  _layout: "layout",
  _error: "error",
  _500: "error",
  _404: "notFound",
};

/** Rank of file kinds: what encloses routes is registered before them. */
const TYPE_ORDER: RouteFileType[] = [
  "app",
  "middleware",
  "layout",
  "error",
  "notFound",
  "route",
];

/** What the file of this name is, by its name. */
export function routeFileType(id: string): RouteFileType {
  return SPECIAL_FILES[id.slice(id.lastIndexOf("/") + 1)] ?? "route";
}

/**
 * Order of registration: what encloses routes first, then routes from the most
 * specific to the least: in each segment text before text with parameters,
 * before `[param]`, before `[[optional]]`, before `[...rest]`.
 */
export function compareRouteFiles(a: RouteFile, b: RouteFile): number {
  const byType = TYPE_ORDER.indexOf(a.type) - TYPE_ORDER.indexOf(b.type);
  if (byType !== 0) return byType;

  const aParts = specificityParts(a.id);
  const bParts = specificityParts(b.id);
  for (let i = 0; i < Math.min(aParts.length, bParts.length); i++) {
    const byRank = segmentRank(aParts[i]) - segmentRank(bParts[i]);
    if (byRank !== 0) return byRank;
    if (aParts[i] !== bParts[i]) return aParts[i] < bParts[i] ? -1 : 1;
  }
  return aParts.length - bParts.length || (a.id < b.id ? -1 : 1);
}

function specificityParts(id: string): string[] {
  return id.split("/").filter((part) =>
    part !== "" && part !== "index" && !/^\(.*\)$/.test(part)
  );
}

function segmentRank(segment: string): number {
  if (segment.startsWith("[...")) return 4;
  if (segment.startsWith("[[")) return 3;
  if (/^\[[^\]]+\]$/.test(segment)) return 2;
  return segment.includes("[") ? 1 : 0;
}
