/** One message of a stream of server-sent events. */
export interface StreamMessage {
  id?: string;
  event?: string;
  data?: string;
}

/** Reads a stream of server-sent events as a browser does, message by message. */
export class EventStream {
  readonly messages: StreamMessage[] = [];
  readonly comments: string[] = [];
  /** Whether the server has ended it. */
  ended = false;
  lastEventId = "";
  #abort = new AbortController();
  #reading: Promise<void> | undefined;

  constructor(readonly response: Response, abort: AbortController) {
    this.#abort = abort;
    if (response.ok) this.#reading = this.#read();
  }

  static async open(
    url: string,
    headers: HeadersInit = {},
  ): Promise<EventStream> {
    const abort = new AbortController();
    const response = await fetch(url, { headers, signal: abort.signal });
    return new EventStream(response, abort);
  }

  /** Resolves with the messages that have data, once there are so many; rejects after 5 s. */
  async atLeast(count: number): Promise<StreamMessage[]> {
    for (const end = Date.now() + 5000; Date.now() < end;) {
      const events = this.events;
      if (events.length >= count) return events;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(
      `${this.events.length} of ${count} messages: ${
        JSON.stringify(this.messages)
      }`,
    );
  }

  get events(): StreamMessage[] {
    return this.messages.filter(({ data }) => data !== undefined);
  }

  async close(): Promise<void> {
    if (!this.#reading) await this.response.body?.cancel();
    this.#abort.abort();
    await this.#reading;
  }

  async #read(): Promise<void> {
    let text = "";
    try {
      const stream = this.response.body!.pipeThrough(new TextDecoderStream());
      for await (const chunk of stream) {
        text += chunk;
        const blocks = text.split("\n\n");
        text = blocks.pop()!;
        for (const block of blocks) this.#take(block);
      }
      this.ended = true;
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.ended = true;
      if (!(error instanceof TypeError)) throw error;
    }
  }

  #take(block: string): void {
    const message: StreamMessage = {};
    for (const line of block.split("\n")) {
      const [field, ...rest] = line.split(": ");
      const value = rest.join(": ");
      if (field === "") this.comments.push(value);
      else if (field === "id") message.id = this.lastEventId = value;
      else if (field === "event") message.event = value;
      else if (field === "data") message.data = value;
    }
    this.messages.push(message);
  }
}
