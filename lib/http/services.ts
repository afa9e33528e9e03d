import type { Config } from "../config/mod.ts";
import type { Logger } from "../cli/log.ts";
import type { OpenDatabase } from "../db/connection.ts";
import { SiteCache, type SiteState } from "../domain/site/load.ts";
import { RemoteObjects } from "../federation/remote_objects.ts";
import { type Media, openMedia } from "../media/mod.ts";
import type { LiveHub } from "../live/hub.ts";
import { ClientAddresses } from "./client_address.ts";
import { ContentMemo } from "./content_memo.ts";
import { GuardedClient } from "./guarded_client.ts";
import type { Shared } from "./shared.ts";

/** What the requests of one HTTP worker work with. */
export class Services {
  readonly clients: ClientAddresses;
  readonly outgoing: GuardedClient;
  readonly content: ContentMemo;
  readonly media: Media | null;
  readonly remote = new RemoteObjects();
  /** The settings as last read, for what must not wait for the database. */
  lastSite: SiteState | null = null;
  #sites: SiteCache;
  /** Of what is cached, and of what was last read. */
  #siteVersion: number;
  #lastVersion: number | null = null;

  /** @param wakeProcess tells the process that events were committed */
  constructor(
    readonly config: Config,
    readonly log: Logger,
    readonly database: OpenDatabase,
    readonly shared: Shared,
    readonly live: LiveHub,
    readonly wakeProcess: () => void,
  ) {
    this.clients = new ClientAddresses(config.trustedProxies);
    this.outgoing = GuardedClient.of(config);
    this.content = new ContentMemo(shared);
    this.media = openMedia(config);
    this.#sites = new SiteCache(database.kysely);
    this.#siteVersion = shared.siteVersion;
  }

  /** Settings of the site: at most a second old, and newer than any change in this process. */
  async site(): Promise<SiteState> {
    const version = this.shared.siteVersion;
    if (version !== this.#siteVersion) {
      this.#siteVersion = version;
      this.#sites.clear();
    }
    const site = await this.#sites.get();
    this.#lastVersion = version;
    return this.lastSite = site;
  }

  /** Whether the settings were changed in this process since they were last read, or never read. */
  get siteIsOutdated(): boolean {
    return this.#lastVersion !== this.shared.siteVersion;
  }

  /** After a commit with events. */
  wake(): void {
    this.shared.contentChanged();
    this.wakeProcess();
  }

  /** After a change of the site's settings. */
  siteChanged(): void {
    this.shared.siteChanged();
  }
}
