/** Where the marker crawler's secrets are hidden. */
import { ok, startSite } from "../../clients/api_server.ts";

export type Site = Awaited<ReturnType<typeof startSite>>;

/** What must not be read, by the place it was planted in. */
export type Secrets = Map<string, string>;

export interface Reader {
  name: string;
  jwt?: string;
}

/** Fills a site with secrets. */
export class Planting {
  readonly secrets: Secrets = new Map();
  /** Secrets that every account of the site may read. */
  readonly membersOnly: Secrets = new Map();
  readonly readers: Reader[] = [];
  aliceJwt = "";

  constructor(readonly server: Site) {}

  /** A new marker that must not show up. */
  secret(place: string): string {
    const marker = `zq${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
    this.secrets.set(place, marker);
    return marker;
  }

  async plant(): Promise<void> {
    const { server } = this;
    this.aliceJwt = await server.signUp("alice");
    const stranger = await server.signUp("stranger");
    const banned = await server.signUp("banned");
    const former = await server.signUp("former");
    this.readers.push(
      { name: "stranger", jwt: stranger },
      { name: "banned", jwt: banned },
      { name: "former member", jwt: former },
    );
    await this.plantAccount();
    await this.plantMessages();
    await this.plantPosts();
    await this.plantPrivateCommunity(former);
    await this.plantReports();
    const list = await ok(this.alice.createMultiCommunity({
      name: "my_list",
      summary: this.secret("deleted multi-community"),
    }));
    const { id } = list.multi_community_view.multi;
    await ok(this.alice.editMultiCommunity({ id, deleted: true }));
    await this.plantClosedCommunities();
    await this.plantKeys();
    const { sql } = server.database;
    await sql`insert into instance_actions (person_id, instance_id, received_ban_at)
      select p.id, p.instance_id, now() from person p where p.name = 'banned'`;
  }

  private get alice() {
    return this.server.client(this.aliceJwt);
  }

  private async plantAccount(): Promise<void> {
    const { alice, server } = this;
    const { sql } = server.database;
    await ok(alice.saveUserSettings({
      email: `${this.secret("e-mail address")}@example.org`,
      blocking_keywords: [this.secret("blocked keyword")],
    }));
    const bob = await server.signUp("bob");
    const { local_user_view } = await ok(server.client(bob).getMyUser());
    await ok(alice.notePerson({
      person_id: local_user_view.person.id,
      note: this.secret("note about a person"),
    }));
    await sql`update local_user set totp_2fa_secret = ${
      this.secret("TOTP secret")
    } where admin`;
    await sql`update login_token set user_agent = ${
      this.secret("session of another")
    } where user_id = (select id from local_user where admin)`;
    await sql`insert into registration_application (local_user_id, answer, deny_reason)
      select id, ${this.secret("application")}, ${
      this.secret("reason of a denial")
    }
      from local_user where admin`;
    await sql`insert into feed_token (local_user_id, token)
      select id, ${this.secret("feed token")} from local_user where admin`;
    const upload = `${this.secret("name of an upload")}.png`;
    await sql`insert into image_blob (hash, storage_key, bytes, content_type, width, height)
      values ('h', 'k', 1, 'image/png', 1, 1)`;
    await sql`insert into local_image (pictrs_alias, hash, person_id)
      select ${upload}, 'h', id from person where name = 'alice'`;
    await sql`insert into local_user_invite (token, local_user_id)
      select ${this.secret("invitation")}, id from local_user where admin`;
    await sql`insert into oauth_provider (display_name, issuer, authorization_endpoint,
        token_endpoint, userinfo_endpoint, id_claim, client_id, client_secret, scopes)
      values ('Ours', 'https://oidc.example', 'https://oidc.example', 'https://oidc.example',
        'https://oidc.example', 'sub', 'tundra', ${
      this.secret("secret of a provider")
    }, 'openid')`;
    await sql`insert into captcha (uuid, answer) values ('1', ${
      this.secret("answer of a captcha")
    })`;
    await sql`insert into outgoing_mail
      (message_id, to_name, to_address, subject, body_text, body_html)
      values ('1', 'alice', ${this.secret("address of an e-mail")}, 'Hi',
        ${this.secret("text of an e-mail")}, '')`;
    const gone = await server.signUp("gone");
    await ok(
      server.client(gone).saveUserSettings({
        bio: this.secret("bio of a deleted account"),
        display_name: this.secret("name of a deleted account"),
      }),
    );
    await sql`update person set deleted = true where name = 'gone'`;
  }

  private async plantMessages(): Promise<void> {
    const { alice, server } = this;
    const { local_user_view } = await ok(server.admin.getMyUser());
    const recipient_id = local_user_view.person.id;
    await ok(alice.createPrivateMessage({
      recipient_id,
      content: this.secret("private message"),
    }));
    const { private_message_view } = await ok(alice.createPrivateMessage({
      recipient_id,
      content: this.secret("deleted private message"),
    }));
    await ok(alice.deletePrivateMessage({
      private_message_id: private_message_view.private_message.id,
      deleted: true,
    }));
  }

  private async makePost(
    community_id: number,
    place: string,
    options: { open?: boolean } = {},
  ): Promise<number> {
    const title = options.open
      ? `Open ${place}`
      : this.secret(`title, ${place}`);
    const { post_view } = await ok(this.alice.createPost({
      name: title,
      community_id,
      body: this.secret(`body, ${place}`),
      url: options.open
        ? undefined
        : `https://example.org/${this.secret(`link, ${place}`)}`,
      alt_text: options.open ? undefined : this.secret(`alt text, ${place}`),
    }));
    return post_view.post.id;
  }

  private async comment(post_id: number, content: string): Promise<number> {
    const made = await ok(this.alice.createComment({ post_id, content }));
    return made.comment_view.comment.id;
  }

  private async plantPosts(): Promise<void> {
    const { alice, server } = this;
    const { sql } = server.database;
    const made = await ok(alice.createCommunity({ name: "open" }));
    const community = made.community_view.community.id;
    const deleted = await this.makePost(community, "deleted post");
    await ok(alice.deletePost({ post_id: deleted, deleted: true }));
    const removed = await this.makePost(community, "removed post");
    await sql`update post set removed = true where id = ${removed}`;
    // Their titles stay with the discussion below them; their texts do not.
    for (const column of ["deleted", "removed"]) {
      const id = await this.makePost(community, `discussed ${column} post`, {
        open: true,
      });
      await this.comment(id, "what a pity");
      await sql`update post set ${sql(column)} = true where id = ${id}`;
    }
    const scheduled = await ok(alice.createPost({
      name: this.secret("title, scheduled post"),
      body: this.secret("body, scheduled post"),
      community_id: community,
      scheduled_publish_time_at: Math.floor(Date.now() / 1000) + 3600,
    }));
    await this.comment(
      scheduled.post_view.post.id,
      this.secret("comment below a scheduled post"),
    );
    const shown = await this.makeOpenPost(community);
    const one = await this.comment(shown, this.secret("deleted comment"));
    await this.comment(shown, "an answer that stays");
    // The modlog shows what moderators acted on, but not what its author then deleted.
    await ok(alice.warnComment({ comment_id: one, reason: "a warning" }));
    await ok(alice.deleteComment({ comment_id: one, deleted: true }));
    const two = await this.comment(shown, this.secret("removed comment"));
    await sql`update comment set removed = true where id = ${two}`;
  }

  /** What others report is for moderators and admins alone. */
  private async plantReports(): Promise<void> {
    const { alice, server } = this;
    const { post_id, comment_id } = await this.findOpen();
    const reason = this.secret("reason of a report");
    const { post_report_view } = await ok(
      server.admin.createPostReport({ post_id, reason }),
    );
    await ok(alice.resolvePostReport({
      report_id: post_report_view.post_report.id,
      resolved: true,
      conclusion: this.secret("conclusion about a report"),
    }));
    await ok(
      server.admin.createCommentReport({ comment_id, reason }),
    );
    await ok(server.admin.createCommunityReport({ community_id: 1, reason }));
  }

  /** A post and a comment that everybody reads. */
  private async findOpen() {
    const { sql } = this.server.database;
    const [post] = await sql<[{ id: number }]>`
      select id from post where name = 'Everybody''s post'`;
    const [comment] = await sql<[{ id: number }]>`
      select id from comment where content = 'an answer that stays'`;
    return { post_id: post.id, comment_id: comment.id };
  }

  private async makeOpenPost(community_id: number): Promise<number> {
    const { post_view } = await ok(
      this.alice.createPost({ name: "Everybody's post", community_id }),
    );
    return post_view.post.id;
  }

  private async plantPrivateCommunity(former: string): Promise<void> {
    const { alice, server } = this;
    const { sql } = server.database;
    const made = await ok(
      alice.createCommunity({ name: "secret_club", visibility: "private" }),
    );
    const community_id = made.community_view.community.id;
    const post_id = await this.makePost(community_id, "private community");
    const comment_id = await this.comment(
      post_id,
      this.secret("comment in a private community"),
    );
    const reason = this.secret("reason in the modlog of a private community");
    await ok(alice.warnComment({ comment_id, reason }));
    await ok(alice.lockPost({ post_id, locked: true, reason }));
    await ok(alice.lockPost({ post_id, locked: false, reason }));
    // A member does everything a member can do, and leaves.
    const member = server.client(former);
    await ok(member.followCommunity({ community_id, follow: true }));
    await sql`update community_actions set follow_state = 'accepted'
      where follow_state = 'approval_required'`;
    await ok(member.getPost({ id: post_id }));
    await ok(member.likePost({ post_id, is_upvote: true }));
    await ok(member.savePost({ post_id, save: true }));
    await ok(member.hidePost({ post_id, hide: true }));
    await ok(member.likeComment({ comment_id, is_upvote: true }));
    await ok(member.saveComment({ comment_id, save: true }));
    await ok(member.createPostReport({ post_id, reason: "as a member" }));
    await ok(member.createCommentReport({ comment_id, reason: "as a member" }));
    await ok(member.createComment({ post_id, content: "I was there" }));
    await ok(member.followCommunity({ community_id, follow: false }));
  }

  private async plantClosedCommunities(): Promise<void> {
    const { alice, server } = this;
    const { sql } = server.database;
    for (const column of ["deleted", "removed", "local_removed"] as const) {
      const made = await ok(alice.createCommunity({
        name: `was_${column}`,
        sidebar: this.secret(`sidebar, ${column} community`),
      }));
      const id = made.community_view.community.id;
      await this.makePost(id, `${column} community`);
      await sql`update community set ${sql(column)} = true where id = ${id}`;
    }
    const members = await ok(alice.createCommunity({
      name: "members",
      visibility: "local_only_private",
      sidebar: this.secret("sidebar, members only"),
    }));
    const post_id = await this.makePost(
      members.community_view.community.id,
      "members only",
    );
    await this.comment(post_id, this.secret("comment, members only"));
    await ok(alice.warnPost({
      post_id,
      reason: this.secret("modlog, members only"),
    }));
    for (const [place, marker] of this.secrets) {
      if (!place.endsWith("members only")) continue;
      this.secrets.delete(place);
      this.membersOnly.set(place, marker);
    }
  }

  /** Secrets that are there anyway. */
  private async plantKeys(): Promise<void> {
    const { sql } = this.server.database;
    const [row] = await sql<Record<string, string>[]>`
      select (select jwt_secret from secret) as "session key",
        (select setup_token from secret) as "set-up word",
        (select substr(private_key, 40, 40) from site) as "key of the site",
        (select substr(private_key, 40, 40) from person where name = 'alice') as "key of a person",
        (select substr(private_key, 40, 40) from community where name = 'open') as "key of a community",
        (select password_encrypted from local_user where admin) as "password hash",
        (select encode(token_hash, 'hex') from login_token limit 1) as "hash of a session"`;
    for (const [place, value] of Object.entries(row)) {
      this.secrets.set(place, value);
    }
    this.secrets.set("any private key", "PRIVATE KEY");
    this.secrets.set("any password hash", "$argon2");
  }
}
