import type { ComponentChildren } from "preact";
import type { ModlogView, NotificationView } from "../lib/domain/views.ts";
import { describeModAction } from "../lib/i18n/mod.ts";
import { renderPlainText } from "../lib/markdown/mod.ts";
import { Markdown } from "./markdown.tsx";
import { PersonLink } from "./person/person_link.tsx";
import { Time } from "./time.tsx";
import type { Ui } from "./ui.ts";

/** Length at which a comment is cut where it only names itself. */
const EXCERPT = 80;

/** One thing that the reader was told, with a button that marks it. */
export function NotificationItem(
  { ui, view }: { ui: Ui; view: NotificationView },
) {
  const { t } = ui;
  const { notification } = view;
  const { id, read, kind } = notification;
  const received = notification.recipient_id === ui.viewer?.person.id;
  return (
    <li class={read ? "row post" : "row post new"}>
      <div class="t grow">
        <div class="meta">
          <span class="badge">{t(`notification.${kind}`)}</span>
          <Time ui={ui} at={notification.published_at} />
        </div>
        <Content ui={ui} view={view} />
      </div>
      {received && (
        <form method="post" action="/notifications/read">
          <input type="hidden" name="id" value={id} />
          <input type="hidden" name="on" value={String(!read)} />
          <input type="hidden" name="return" value={ui.here} />
          <button class="btn" type="submit">
            {t(read ? "action.mark_unread" : "action.mark_read")}
          </button>
        </form>
      )}
    </li>
  );
}

function Content({ ui, view }: { ui: Ui; view: NotificationView }) {
  const { t } = ui;
  const { data } = view;
  const id = `n${view.notification.id}`;
  const text = (content: string) => (
    <Markdown ui={ui} text={content} id={id} variant="no_images" />
  );
  switch (data.type_) {
    case "comment":
      return (
        <>
          <Heading href={`/comment/${data.comment.id}`} title={data.post.name}>
            <PersonLink ui={ui} person={data.creator} />
          </Heading>
          {text(data.comment.content)}
        </>
      );
    case "post":
      return (
        <>
          <Heading href={`/post/${data.post.id}`} title={data.post.name}>
            <PersonLink ui={ui} person={data.creator} />
          </Heading>
          {data.post.body && text(data.post.body)}
        </>
      );
    case "private_message":
      return (
        <>
          <div>
            {t.parts("message.from", {
              person: <PersonLink ui={ui} person={data.creator} />,
            })} {t.parts("message.to", {
              person: <PersonLink ui={ui} person={data.recipient} />,
            })}
          </div>
          {text(data.private_message.content)}
        </>
      );
    case "mod_action":
      return (
        <>
          <b dir="auto">{describeEntry(ui, data)}</b>
          {data.modlog.reason && text(data.modlog.reason)}
        </>
      );
  }
}

function Heading(
  { href, title, children }: {
    href: string;
    title: string;
    children: ComponentChildren;
  },
) {
  return (
    <div>
      {children} <a href={href} dir="auto">{title}</a>
    </div>
  );
}

function describeEntry({ t }: Ui, view: ModlogView): string {
  const community = view.target_community;
  return describeModAction(t, {
    ...view.modlog,
    person: view.target_person?.name ?? "",
    community: community?.title ?? community?.name ?? "",
    post: view.target_post?.name ?? "",
    comment: renderPlainText(view.target_comment?.content ?? "", EXCERPT),
  });
}
