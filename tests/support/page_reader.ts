/** A reader of pages without JavaScript: keeps cookies, sends forms, follows nothing by itself. */
export class PageReader {
  #cookies = new Map<string, string>();

  constructor(readonly origin: string, jwt?: string) {
    if (jwt) this.#cookies.set("jwt", jwt);
  }

  get signedIn(): boolean {
    return this.#cookies.has("jwt");
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  get(path: string): Promise<PageAnswer> {
    return this.#send(path);
  }

  submit(
    path: string,
    fields: Record<string, string> | FormData,
  ): Promise<PageAnswer> {
    return this.#send(
      path,
      fields instanceof FormData ? fields : new URLSearchParams(fields),
    );
  }

  async #send(
    path: string,
    body?: URLSearchParams | FormData,
  ): Promise<PageAnswer> {
    const response = await fetch(this.origin + path, {
      method: body ? "POST" : "GET",
      body,
      redirect: "manual",
      headers: {
        cookie: Array.from(this.#cookies, (pair) => pair.join("=")).join("; "),
        "sec-fetch-site": "same-origin",
        "accept-language": "en",
      },
    });
    const html = await response.text();
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return {
      status: response.status,
      to: response.headers.get("location"),
      headers: response.headers,
      html,
    };
  }
}

export interface PageAnswer {
  status: number;
  /** Where it redirects to. */
  to: string | null;
  headers: Headers;
  html: string;
}
