import type { VNode } from "preact";
import { type Context, getUiTree } from "./context.ts";
import { HttpError } from "./error.ts";
import { type HandlerFn, isHandlerByMethod } from "./handlers.ts";
import { patternToSegments } from "./pattern.ts";
import type { Method } from "./router.ts";
import { renderRouteComponent } from "./server/document.ts";
import type {
  LayoutConfig,
  MaybeLazyMiddleware,
  Middleware,
  Route,
  RouteComponent,
} from "./types.ts";

/** What applies to everything below one part of the path. */
export interface Segment<State> {
  middlewares: MaybeLazyMiddleware<State>[];
  layout: {
    component: RouteComponent<State>;
    config: LayoutConfig;
  } | null;
  errorRoute: Route<State> | null;
  /** Of the root segment only. */
  notFound: Middleware<State> | null;
  app: RouteComponent<State> | null;
  children: Map<string, Segment<State>>;
  parent: Segment<State> | null;
}

export function newSegment<State>(
  parent: Segment<State> | null,
): Segment<State> {
  return {
    middlewares: [],
    layout: null,
    errorRoute: null,
    notFound: null,
    app: null,
    children: new Map(),
    parent,
  };
}

/** The segment that encloses `path`, or with `includeLast` is at `path`. */
export function getOrCreateSegment<State>(
  root: Segment<State>,
  path: string,
  includeLast: boolean,
): Segment<State> {
  let segment = root;
  for (const name of patternToSegments(path, includeLast)) {
    let child = segment.children.get(name);
    if (child === undefined) {
      child = newSegment(segment);
      segment.children.set(name, child);
    }
    segment = child;
  }
  return segment;
}

/**
 * What runs before a handler in this segment, outermost first: of each segment
 * its layout, app wrapper and error handling, then its middlewares, as they are
 * registered at this moment.
 */
export function segmentToMiddlewares<State>(
  segment: Segment<State>,
): MaybeLazyMiddleware<State>[] {
  const chain: Segment<State>[] = [];
  for (
    let current: Segment<State> | null = segment;
    current !== null;
    current = current.parent
  ) chain.unshift(current);

  const root = chain[0];
  return chain.flatMap((part) => [
    segmentMiddleware(part, root),
    ...part.middlewares,
  ]);
}

function segmentMiddleware<State>(
  { app, layout, errorRoute }: Segment<State>,
  root: Segment<State>,
): Middleware<State> {
  return async (ctx) => {
    const ui = getUiTree(ctx);
    if (app !== null) ui.app = app;
    if (layout !== null) {
      if (layout.config.skipAppWrapper) ui.app = null;
      ui.layouts = layout.config.skipInheritedLayouts
        ? [layout.component]
        : [...ui.layouts, layout.component];
    }
    const { app: ownApp, layouts: ownLayouts } = ui;
    try {
      return await ctx.next();
    } catch (error) {
      ui.app = ownApp;
      ui.layouts = ownLayouts;
      ctx.error = error;
      const status = error instanceof HttpError ? error.status : 500;
      if (status === 404 && root.notFound !== null) {
        return await root.notFound(ctx);
      }
      if (errorRoute !== null) {
        return await renderRoute(ctx, errorRoute, status);
      }
      throw error;
    }
  };
}

/** Joins middlewares and a handler into one function. */
export function compose<State>(
  middlewares: MaybeLazyMiddleware<State>[],
): (ctx: Context<State>) => Promise<Response> {
  return (ctx) => runFrom(middlewares, 0, ctx, ctx.next);
}

async function runFrom<State>(
  middlewares: MaybeLazyMiddleware<State>[],
  index: number,
  ctx: Context<State>,
  last: () => Promise<Response>,
): Promise<Response> {
  if (index === middlewares.length) return await last();
  const ui = getUiTree(ctx);
  const { app, layouts } = ui;
  ctx.next = () => runFrom(middlewares, index + 1, ctx, last);
  try {
    const result = await middlewares[index](ctx);
    if (typeof result !== "function") return result;
    // A lazy middleware: keep what it loaded.
    middlewares[index] = result;
    return await result(ctx);
  } catch (error) {
    ctx.error = error;
    throw error;
  } finally {
    ui.app = app;
    ui.layouts = layouts;
  }
}

/**
 * Runs a route's handler for the request's method; if it gives data, renders
 * the route's component with it. `status` holds unless the handler gives one.
 */
export async function renderRoute<State>(
  ctx: Context<State>,
  route: Route<State>,
  status = 200,
): Promise<Response> {
  const ui = getUiTree(ctx);
  if (route.config?.skipAppWrapper) ui.app = null;
  if (route.config?.skipInheritedLayouts) ui.layouts = [];

  const handler = handlerFor(route, ctx.req.method);
  if (handler === null) return await ctx.next();
  const result = await handler(ctx);
  if (result instanceof Response) return result;
  if (result === null || typeof result !== "object") {
    throw new Error(
      `A handler must return a Response or page data, not: ${result}`,
    );
  }

  let vnode: VNode | null = null;
  if (route.component !== undefined) {
    const rendered = await renderRouteComponent(
      ctx,
      route.component,
      result.data,
      () => null,
    );
    if (rendered instanceof Response) return rendered;
    vnode = rendered;
  }
  return await ctx.render(vnode, {
    headers: result.headers,
    status: result.status ?? status,
  });
}

function handlerFor<State>(
  route: Route<State>,
  method: string,
): HandlerFn<unknown, State> | null {
  const { handler } = route;
  if (handler === undefined) {
    if (route.component === undefined) throw new HttpError(404);
    return () => ({ data: {} });
  }
  if (!isHandlerByMethod(handler)) return handler;
  return handler[method as Method] ??
    (method === "HEAD" ? handler.GET : undefined) ?? null;
}
