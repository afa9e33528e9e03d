import { type BuildCache, EmptyBuildCache } from "./build_cache.ts";
import { applyCommands, type Command, toRoute } from "./commands.ts";
import { Context } from "./context.ts";
import { HttpError } from "./error.ts";
import { mergePath } from "./pattern.ts";
import { type Method, Router } from "./router.ts";
import type {
  FreshConfig,
  LayoutConfig,
  MaybeLazy,
  MaybeLazyMiddleware,
  Middleware,
  ResolvedFreshConfig,
  Route,
  RouteComponent,
  RouteConfig,
} from "./types.ts";

/** Options of the server: those of `Deno.serve`. */
export type ListenOptions = Partial<
  Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem
>;

/** Connection details of requests that came from no server, as in tests. */
const NO_CONNECTION: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 0 },
  completed: Promise.resolve(),
};

/** Gives an app the build it serves. */
export let setBuildCache: <State>(
  app: App<State>,
  cache: BuildCache<State>,
  mode: "development" | "production",
) => void;

/** Middlewares and routes that together answer requests. */
export class App<State> {
  /** The settings in force. */
  config: ResolvedFreshConfig;
  #commands: Command<State>[] = [];
  #getBuildCache: () => BuildCache<State> | null = () => null;

  static {
    setBuildCache = (app, cache, mode) => {
      app.config.root = cache.root;
      app.config.mode = mode;
      app.#getBuildCache = () => cache;
    };
  }

  constructor(config: FreshConfig = {}) {
    const { basePath = "" } = config;
    if (!/^(?:|\.?\/|(?:\/[\w.-]+)+)$/.test(basePath)) {
      throw new Error(`Invalid basePath "${basePath}"`);
    }
    this.config = {
      root: ".",
      basePath: basePath === "/" || basePath === "./" ? "" : basePath,
      mode: config.mode ?? "production",
    };
  }

  /** Adds middlewares for everything, or for everything below a path. */
  use(...middleware: MaybeLazyMiddleware<State>[]): this;
  use(path: string, ...middleware: MaybeLazyMiddleware<State>[]): this;
  use(
    first: string | MaybeLazyMiddleware<State>,
    ...rest: MaybeLazyMiddleware<State>[]
  ): this {
    const [pattern, fns] = typeof first === "string"
      ? [first, rest]
      : ["*", [first, ...rest]];
    return this.#add({
      type: "middleware",
      pattern,
      fns,
      includeLastSegment: true,
    });
  }

  /** Sets what answers requests that nothing else does, with status 404. */
  notFound(routeOrMiddleware: Route<State> | Middleware<State>): this {
    return this.#add({
      type: "notFound",
      pattern: "*",
      route: toRoute(routeOrMiddleware),
      includeLastSegment: true,
    });
  }

  /** Sets what answers when something below the path throws. */
  onError(
    path: string,
    routeOrMiddleware: Route<State> | Middleware<State>,
  ): this {
    return this.#add({
      type: "error",
      pattern: path,
      route: toRoute(routeOrMiddleware),
      includeLastSegment: true,
    });
  }

  /** Sets the component around every page, with the html and body elements. */
  appWrapper(component: RouteComponent<State>): this {
    return this.#add({
      type: "app",
      pattern: "*",
      component,
      includeLastSegment: true,
    });
  }

  /** Sets the component around every page below the path. */
  layout(
    path: string,
    component: RouteComponent<State>,
    config: LayoutConfig = {},
  ): this {
    return this.#add({
      type: "layout",
      pattern: path,
      component,
      config,
      includeLastSegment: true,
    });
  }

  /** Adds a page. */
  route(
    path: string,
    route: MaybeLazy<Route<State>>,
    config: RouteConfig = {},
  ): this {
    return this.#add({
      type: "route",
      pattern: path,
      route,
      config,
      includeLastSegment: false,
    });
  }

  /** Adds handlers of GET requests. */
  get(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handler("GET", path, middlewares);
  }

  /** Adds handlers of POST requests. */
  post(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handler("POST", path, middlewares);
  }

  /** Adds handlers of PATCH requests. */
  patch(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handler("PATCH", path, middlewares);
  }

  /** Adds handlers of PUT requests. */
  put(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handler("PUT", path, middlewares);
  }

  /** Adds handlers of DELETE requests. */
  delete(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handler("DELETE", path, middlewares);
  }

  /**
   * Adds handlers of HEAD requests; without them those of GET answer, and the server tells the
   * length of the body that it leaves out.
   */
  head(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handler("HEAD", path, middlewares);
  }

  /** Adds handlers of all requests. */
  all(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handler("ALL", path, middlewares);
  }

  /** Adds the files of the routes folder here, optionally below a path. */
  fsRoutes(pattern = "*"): this {
    return this.#add({
      type: "fsRoute",
      pattern,
      getItems: () => this.#getBuildCache()?.getFsRoutes() ?? [],
      includeLastSegment: false,
    });
  }

  /**
   * Adds everything of another app below a path. App wrapper and not-found
   * page are the whole app's, wherever they come from.
   */
  mountApp(path: string, app: App<State>): this {
    for (const command of app.#commands) {
      if (command.type === "app" || command.type === "notFound") {
        this.#add(command);
        continue;
      }
      const { basePath } = app.config;
      const inner = basePath === "" || basePath === path
        ? command.pattern
        : mergePath(basePath, command.pattern, false);
      this.#add({
        ...command,
        pattern: mergePath(path, inner, true),
        includeLastSegment: command.pattern === "/" ||
          command.includeLastSegment,
      });
    }
    app.#getBuildCache = () => this.#getBuildCache();
    return this;
  }

  #handler(
    method: Method | "ALL",
    pattern: string,
    fns: MaybeLazy<Middleware<State>>[] | MaybeLazyMiddleware<State>[],
  ): this {
    return this.#add({
      type: "handler",
      method,
      pattern,
      fns: fns as MaybeLazyMiddleware<State>[],
      includeLastSegment: false,
    });
  }

  #add(command: Command<State>): this {
    this.#commands.push(command);
    return this;
  }

  /** Makes the function that answers requests, for `Deno.serve` and tests. */
  handler(): (
    request: Request,
    info?: Deno.ServeHandlerInfo,
  ) => Promise<Response> {
    const buildCache = this.#getBuildCache() ?? new EmptyBuildCache<State>();
    const router = new Router<(ctx: Context<State>) => Promise<Response>>();
    const handleUnmatched = applyCommands(
      router,
      this.#commands,
      this.config.basePath,
    );

    return async (req, info = NO_CONNECTION) => {
      const url = new URL(req.url);
      // Doubled slashes could smuggle a host name into a redirect.
      if (url.pathname.includes("//")) {
        url.pathname = url.pathname.replace(/\/+/g, "/");
      }
      const { match, fallback } = findRoute(router, req.method, url.pathname);
      const ctx = new Context<State>(
        req,
        url,
        info,
        match.pattern,
        match.params,
        this.config,
        fallback,
        buildCache,
      );
      try {
        const response = await (match.item ?? handleUnmatched)(ctx);
        if (!(response instanceof Response)) {
          throw new Error(`Expected a Response, got: ${response}`);
        }
        return withAllow(response, router, match.pattern);
      } catch (error) {
        return withAllow(defaultError(error), router, match.pattern);
      }
    };
  }

  /**
   * Starts a server for the app. Without a port the first free one from 8000
   * is taken.
   */
  // deno-lint-ignore require-await
  async listen(options: ListenOptions = {}): Promise<void> {
    const handler = this.handler();
    if (options.port !== undefined) {
      Deno.serve(options, handler);
      return;
    }
    for (let port = 8000;; port++) {
      try {
        Deno.serve({ ...options, port }, handler);
        return;
      } catch (error) {
        if (!(error instanceof Deno.errors.AddrInUse) || port >= 8020) {
          throw error;
        }
      }
    }
  }
}

type Handle<State> = (ctx: Context<State>) => Promise<Response>;

/** Finds the route, and what answers if no handler does. */
function findRoute<State>(
  router: Router<Handle<State>>,
  method: string,
  pathname: string,
) {
  try {
    const match = router.match(method, pathname);
    const { pattern } = match;
    if (pattern === null || match.item !== null) {
      return { match, fallback: fail(404) };
    }
    const fallback = method === "OPTIONS"
      ? () => Promise.resolve(optionsResponse(router.allowedMethods(pattern)))
      : fail(405);
    return { match, fallback };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    const match = { item: null, params: {}, pattern: null };
    return { match, fallback: fail(400) };
  }
}

function fail(status: number): () => Promise<Response> {
  return () => Promise.reject(new HttpError(status));
}

function optionsResponse(methods: string[]): Response {
  return new Response(null, {
    status: 204,
    headers: { allow: methods.join(", ") },
  });
}

/** A 405 answer must name the methods that work (RFC 9110, 15.5.6). */
function withAllow<State>(
  response: Response,
  router: Router<Handle<State>>,
  pattern: string | null,
): Response {
  if (
    response.status === 405 && pattern !== null &&
    !response.headers.has("allow")
  ) {
    response.headers.set("allow", router.allowedMethods(pattern).join(", "));
  }
  return response;
}

/** Answers an error that no error route took; unknown ones are logged. */
function defaultError(error: unknown): Response {
  if (error instanceof HttpError) {
    if (error.status >= 500) console.error(error);
    return new Response(error.message, { status: error.status });
  }
  console.error(error);
  return new Response("Internal server error", { status: 500 });
}
