import type { Context } from "./context.ts";
import { isHandlerByMethod } from "./handlers.ts";
import { mergePath } from "./pattern.ts";
import { type Method, METHODS, type Router } from "./router.ts";
import {
  compose,
  getOrCreateSegment,
  newSegment,
  renderRoute,
  type Segment,
  segmentToMiddlewares,
} from "./segments.ts";
import type {
  LayoutConfig,
  MaybeLazy,
  MaybeLazyMiddleware,
  Middleware,
  Route,
  RouteComponent,
  RouteConfig,
} from "./types.ts";

/** A call on an app, kept until its handler is made. Order matters. */
export type Command<State> =
  & { pattern: string; includeLastSegment: boolean }
  & (
    | { type: "middleware"; fns: MaybeLazyMiddleware<State>[] }
    | { type: "notFound"; route: Route<State> }
    | { type: "error"; route: Route<State> }
    | { type: "app"; component: RouteComponent<State> }
    | {
      type: "layout";
      component: RouteComponent<State>;
      config: LayoutConfig;
    }
    | {
      type: "route";
      route: MaybeLazy<Route<State>>;
      config: RouteConfig;
    }
    | {
      type: "handler";
      method: Method | "ALL";
      fns: MaybeLazyMiddleware<State>[];
    }
    | { type: "fsRoute"; getItems: () => Command<State>[] }
  );

type Handle<State> = (ctx: Context<State>) => Promise<Response>;

/** A middleware as a route without component. */
export function toRoute<State>(
  routeOrMiddleware: Route<State> | Middleware<State>,
): Route<State> {
  return typeof routeOrMiddleware === "function"
    ? { handler: routeOrMiddleware }
    : routeOrMiddleware;
}

/**
 * Fills the router. Returns the handler for requests that no route takes: the
 * root's middlewares still run for them.
 */
export function applyCommands<State>(
  router: Router<Handle<State>>,
  commands: Command<State>[],
  basePath: string,
): Handle<State> {
  const root = newSegment<State>(null);
  applyTo(root, router, commands, basePath);
  return compose(segmentToMiddlewares(root));
}

function applyTo<State>(
  root: Segment<State>,
  router: Router<Handle<State>>,
  commands: Command<State>[],
  basePath: string,
): void {
  for (const command of commands) {
    const { pattern, includeLastSegment } = command;
    const segment = () => getOrCreateSegment(root, pattern, includeLastSegment);
    switch (command.type) {
      case "middleware":
        segment().middlewares.push(...command.fns);
        break;
      case "notFound": {
        const { route } = command;
        root.notFound = (ctx) => renderRoute(ctx, route, 404);
        break;
      }
      case "error":
        segment().errorRoute = command.route;
        break;
      case "app":
        root.app = command.component;
        break;
      case "layout": {
        const { component, config } = command;
        segment().layout = { component, config };
        break;
      }
      case "route": {
        const { route, config } = command;
        const path = mergePath(basePath, routePath(command), false);
        const handle = compose([
          ...segmentToMiddlewares(segment()),
          routeMiddleware(route),
        ]);
        for (const method of routeMethods(route, config)) {
          router.add(method, path || "/", handle);
        }
        break;
      }
      case "handler": {
        const handle = compose([
          ...segmentToMiddlewares(segment()),
          ...command.fns,
        ]);
        const path = mergePath(basePath, pattern, false) || "/*";
        const methods = command.method === "ALL" ? METHODS : [command.method];
        for (const method of methods) router.add(method, path, handle);
        break;
      }
      case "fsRoute":
        applyTo(
          root,
          router,
          command.getItems(),
          mergePath(basePath, pattern, true),
        );
        break;
    }
  }
}

function routePath<State>(
  command: Command<State> & { type: "route" },
): string {
  const { route, config, pattern } = command;
  const own = typeof route === "function" ? undefined : route.config;
  return config.routeOverride ?? own?.routeOverride ?? pattern;
}

function routeMiddleware<State>(
  route: MaybeLazy<Route<State>>,
): Middleware<State> {
  if (typeof route !== "function") return (ctx) => renderRoute(ctx, route);
  let loaded: Route<State> | undefined;
  return async (ctx) => {
    loaded ??= await route();
    return await renderRoute(ctx, loaded);
  };
}

/** Methods a route answers: of a lazy one nobody knows before it is loaded. */
function routeMethods<State>(
  route: MaybeLazy<Route<State>>,
  config: RouteConfig,
): readonly Method[] {
  if (typeof route === "function") {
    return Array.isArray(config.methods) ? config.methods : METHODS;
  }
  const { handler, component } = route;
  if (handler === undefined) return ["GET"];
  if (!isHandlerByMethod(handler)) return METHODS;
  const methods = new Set(Object.keys(handler) as Method[]);
  if (component !== undefined && handler.GET === undefined) {
    handler.GET = () => ({ data: {} });
    methods.add("GET");
  }
  return [...methods];
}
