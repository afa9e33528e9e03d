import type { Context } from "./context.ts";
import type { Method } from "./router.ts";

/** Data for the route's page component and how to answer with it. */
export interface PageResponse<T> {
  data: T;
  headers?: HeadersInit;
  status?: number;
}

/**
 * Makes a handler's result that renders the route's page component with `data`,
 * optionally with a status and headers.
 */
export function page(): PageResponse<undefined>;
export function page<T>(
  data: T,
  options?: { headers?: HeadersInit; status?: number },
): PageResponse<T>;
export function page<T>(
  data?: T,
  options?: { headers?: HeadersInit; status?: number },
): PageResponse<T> {
  return {
    data: data as T,
    headers: options?.headers,
    status: options?.status,
  };
}

/** Answers a request, or gives the data for the route's page component. */
export interface HandlerFn<Data, State> {
  (ctx: Context<State>):
    | Response
    | PageResponse<Data>
    | Promise<Response | PageResponse<Data>>;
}

/** Handlers by request method; other methods are answered with 405. */
export type HandlerByMethod<Data, State> = {
  [M in Method]?: HandlerFn<Data, State>;
};

/** One handler for every method, or handlers by method. */
export type RouteHandler<Data, State> =
  | HandlerFn<Data, State>
  | HandlerByMethod<Data, State>;

/** The data type that a route's handlers give its page component. */
export type RouteData<Handler extends RouteHandler<unknown, unknown>> =
  Handler extends RouteHandler<infer Data, unknown> ? Data : never;

/** Whether the handlers are an object of methods. */
export function isHandlerByMethod<Data, State>(
  handler: RouteHandler<Data, State> | unknown[] | null | undefined,
): handler is HandlerByMethod<Data, State> {
  return typeof handler === "object" && handler !== null &&
    !Array.isArray(handler);
}
