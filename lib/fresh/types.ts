import type { AnyComponent, RenderableProps, VNode } from "preact";
import type { Context } from "./context.ts";
import type { RouteHandler } from "./handlers.ts";
import type { Method } from "./router.ts";

/** Settings given to `new App()`. */
export interface FreshConfig {
  /** Serve the app below this path instead of at the root. */
  basePath?: string;
  mode?: "development" | "production";
}

/** The settings in force. */
export interface ResolvedFreshConfig {
  /** The project's folder. */
  root: string;
  /** The path the app is served below; empty at the root. */
  basePath: string;
  mode: "development" | "production";
}

/** The `config` export of a layout. */
export interface LayoutConfig {
  /** Leave out the layouts of the folders above. */
  skipInheritedLayouts?: boolean;
  /** Leave out the app wrapper. */
  skipAppWrapper?: boolean;
}

/** The `config` export of a route. */
export interface RouteConfig extends LayoutConfig {
  /** The URL pattern to use instead of the one the file's path gives. */
  routeOverride?: string;
  /** Accepted methods of a route that is loaded on its first request. */
  methods?: "ALL" | Method[];
}

/** What components of pages, layouts and the app wrapper are given. */
export type PageProps<Data = unknown, T = unknown> =
  & Pick<
    Context<T>,
    | "config"
    | "url"
    | "req"
    | "params"
    | "info"
    | "state"
    | "isPartial"
    | "Component"
    | "error"
    | "route"
  >
  & { data: Data };

/** A component that may await; it may also answer by itself. */
export type AsyncAnyComponent<P> = {
  (
    props: RenderableProps<P>,
    // deno-lint-ignore no-explicit-any
    context?: any,
  ): Promise<VNode | Response | null>;
  displayName?: string;
  defaultProps?: Partial<P>;
};

export type RouteComponent<State> =
  // deno-lint-ignore no-explicit-any
  | AnyComponent<PageProps<any, State>>
  // deno-lint-ignore no-explicit-any
  | AsyncAnyComponent<PageProps<any, State>>;

/** A page: component, handlers or both. */
export interface Route<State> {
  component?: RouteComponent<State>;
  config?: RouteConfig;
  // deno-lint-ignore no-explicit-any
  handler?: RouteHandler<any, State>;
}

/** A function that makes a value when it is first needed. */
export type Lazy<T> = () => Promise<T>;
export type MaybeLazy<T> = T | Lazy<T>;

/** Answers a request, or passes it on by `ctx.next()`. */
export type Middleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response>;

/** A middleware, or a function that loads one on its first call. */
export type MaybeLazyMiddleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response | Middleware<State>>;
