import { type FunctionComponent, isValidElement, type VNode } from "preact";
import type { BuildCache } from "./build_cache.ts";
import { renderDocument } from "./server/document.ts";
import type {
  LayoutConfig,
  ResolvedFreshConfig,
  RouteComponent,
} from "./types.ts";

/** The app wrapper and layouts that apply where a request is being handled. */
export interface UiTree<State> {
  app: RouteComponent<State> | null;
  layouts: RouteComponent<State>[];
}

export let getUiTree: <State>(ctx: Context<State>) => UiTree<State>;
export let getBuildCache: <State>(ctx: Context<State>) => BuildCache<State>;

/** One request on its way through middlewares, handlers and components. */
export class Context<State> {
  /** The app's settings. */
  readonly config: ResolvedFreshConfig;
  /** The request's URL. */
  readonly url: URL;
  /** The request. */
  req: Request;
  /** The matched route pattern, null if none matched. */
  readonly route: string | null;
  /** Decoded parameters of the matched route. */
  readonly params: Record<string, string>;
  /** Values that middlewares leave for those after them. */
  readonly state: State = {} as State;
  data: unknown = undefined;
  /** What was thrown last while the request was handled. */
  error: unknown | null = null;
  /** Connection details from the server. */
  readonly info: Deno.ServeHandlerInfo;
  /** Whether only a part of the page was asked for; never, here. */
  readonly isPartial: boolean = false;
  /** Calls the next middleware or the handler and gives its response. */
  next: () => Promise<Response>;
  /** In layouts and in the app wrapper: the content to be wrapped. */
  Component!: FunctionComponent;

  #ui: UiTree<State> = { app: null, layouts: [] };
  #buildCache: BuildCache<State>;

  static {
    getUiTree = (ctx) => ctx.#ui;
    getBuildCache = (ctx) => ctx.#buildCache;
  }

  constructor(
    req: Request,
    url: URL,
    info: Deno.ServeHandlerInfo,
    route: string | null,
    params: Record<string, string>,
    config: ResolvedFreshConfig,
    next: () => Promise<Response>,
    buildCache: BuildCache<State>,
  ) {
    this.req = req;
    this.url = url;
    this.info = info;
    this.route = route;
    this.params = params;
    this.config = config;
    this.next = next;
    this.#buildCache = buildCache;
  }

  /**
   * Redirects to a path or URL. Doubled slashes of a path are joined, so that
   * user input cannot name another host (`//elsewhere.example`).
   */
  redirect(pathOrUrl: string, status = 302): Response {
    let location = pathOrUrl;
    if (location.startsWith("/")) {
      const end = location.search(/[?#]/);
      const path = end === -1 ? location : location.slice(0, end);
      location = path.replace(/\/+/g, "/") + location.slice(path.length);
    }
    return new Response(null, { status, headers: { location } });
  }

  /**
   * Renders JSX as a page, inside the layouts and the app wrapper that apply.
   *
   * @throws {Error} if `vnode` is neither JSX nor null.
   */
  async render(
    // deno-lint-ignore no-explicit-any
    vnode: VNode<any> | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) {
      throw new Error("ctx.render() takes JSX or null");
    }
    const ui: UiTree<State> = {
      app: config.skipAppWrapper ? null : this.#ui.app,
      layouts: config.skipInheritedLayouts ? [] : this.#ui.layouts,
    };
    const document = await renderDocument(this, vnode, ui, this.#buildCache);
    if (document instanceof Response) return document;

    const headers = new Headers(init.headers);
    headers.set("content-type", "text/html; charset=utf-8");
    if (document.link !== "") headers.append("link", document.link);
    return new Response(document.html, { ...init, headers });
  }

  /** Answers with text. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** Answers with HTML. */
  html(content: string, init?: ResponseInit): Response {
    const headers = new Headers(init?.headers);
    headers.set("content-type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  /** Answers with JSON. */
  json(content: unknown, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /** Answers with the texts or bytes that an iterable yields. */
  stream<U extends string | Uint8Array>(
    stream:
      | Iterable<U>
      | AsyncIterable<U>
      | (() => Iterable<U> | AsyncIterable<U>),
    init?: ResponseInit,
  ): Response {
    const chunks = typeof stream === "function" ? stream() : stream;
    const encoder = new TextEncoder();
    const body = ReadableStream.from(chunks).pipeThrough(
      new TransformStream<U, Uint8Array>({
        transform(chunk, controller) {
          controller.enqueue(
            typeof chunk === "string" ? encoder.encode(chunk) : chunk,
          );
        },
      }),
    );
    return new Response(body, init);
  }
}
