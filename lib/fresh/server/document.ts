import { Fragment, type FunctionComponent, h } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import type { BuildCache } from "../build_cache.ts";
import type { Context, UiTree } from "../context.ts";
import type { PageProps, RouteComponent } from "../types.ts";
import { preloadLinks } from "./page_scripts.ts";
import "./preact_hooks.ts";
import { RenderState, withRenderState } from "./render_state.ts";
import type { AnyVNode } from "./vnode.ts";

/** A rendered page. */
export interface RenderedDocument {
  html: string;
  /** Value of the `Link` header; empty if the page has no script. */
  link: string;
}

/**
 * Makes the node of a page, layout or app wrapper. An async component is run
 * at once, and may give a response instead.
 */
export async function renderRouteComponent<State>(
  ctx: Context<State>,
  component: RouteComponent<State>,
  data: unknown,
  child: FunctionComponent,
): Promise<AnyVNode | Response | null> {
  const props: PageProps<unknown, State> = {
    Component: child,
    config: ctx.config,
    data,
    error: ctx.error,
    info: ctx.info,
    isPartial: ctx.isPartial,
    params: ctx.params,
    req: ctx.req,
    route: ctx.route,
    state: ctx.state,
    url: ctx.url,
  };
  if (component.constructor.name === "AsyncFunction") {
    const run = component as (
      props: PageProps<unknown, State>,
    ) => Promise<AnyVNode | Response | null>;
    return await run(props);
  }
  return h(component as FunctionComponent<typeof props>, props);
}

/**
 * Renders the page inside its layouts, then the app wrapper around it: a `Head`
 * anywhere in the page is known when the wrapper renders the document's head.
 * What the page lacks of html, head and body is added.
 */
export async function renderDocument<State>(
  ctx: Context<State>,
  page: AnyVNode | null,
  { app, layouts }: UiTree<State>,
  build: BuildCache<State>,
): Promise<RenderedDocument | Response> {
  let content = page;
  for (const layout of layouts.toReversed()) {
    const inner = content;
    const rendered = await renderRouteComponent(
      ctx,
      layout,
      null,
      () => inner,
    );
    if (rendered instanceof Response) return rendered;
    content = rendered;
  }

  let pageHtml = "";
  const wrapped = app === null
    ? null
    : await renderRouteComponent(ctx, app, null, () => raw(pageHtml));
  if (wrapped instanceof Response) return wrapped;

  const state = new RenderState(
    ctx.url.pathname,
    ctx.config.basePath,
    build as BuildCache,
  );
  return withRenderState(state, () => {
    pageHtml = renderToString(content ?? h(Fragment, null));
    let html = wrapped === null ? pageHtml : renderToString(wrapped);
    if (!state.hasHtml || !state.hasHead || !state.hasBody) {
      html = renderToString(completeDocument(html, state));
    }
    return {
      html: `<!DOCTYPE html>${html}`,
      link: preloadLinks(state),
    };
  });
}

function raw(html: string): AnyVNode {
  return jsxTemplate([html]);
}

function completeDocument(html: string, state: RenderState): AnyVNode {
  let document = raw(html);
  // The body hook adds the scripts.
  if (!state.hasBody) document = h("body", null, document);
  if (!state.hasHead) {
    const head = h("head", null, h("meta", { charset: "utf-8" }));
    document = h(Fragment, null, head, document);
  }
  return state.hasHtml ? document : h("html", null, document);
}
