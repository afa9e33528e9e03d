export { App, type ListenOptions } from "./app.ts";
export type { Context, Context as FreshContext } from "./context.ts";
export type { Island } from "./build_cache.ts";
export { createDefine, type Define } from "./define.ts";
export { HttpError } from "./error.ts";
export {
  type HandlerByMethod,
  type HandlerFn,
  page,
  type PageResponse,
  type RouteData,
  type RouteHandler,
} from "./handlers.ts";
export type { Method } from "./router.ts";
export { staticFiles } from "./static_files.ts";
export type {
  FreshConfig,
  LayoutConfig,
  Lazy,
  MaybeLazy,
  Middleware,
  Middleware as MiddlewareFn,
  PageProps,
  ResolvedFreshConfig,
  RouteConfig,
} from "./types.ts";
