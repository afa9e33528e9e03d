import type { ComponentChildren } from "preact";
import { Head } from "fresh/runtime";
import type { Ui } from "../ui.ts";

/** Main column and sidebar (web-ui §2.4); without a sidebar the main column stands alone. */
export function Layout(
  {
    ui,
    title,
    description,
    canonical,
    noindex = false,
    feeds = [],
    picture,
    aside,
    children,
  }: {
    ui: Ui;
    /** Title of the page without the site's name; absent on the front page. */
    title?: string;
    description?: string;
    canonical?: string;
    noindex?: boolean;
    /** Title and address of the feeds that tell what the page shows, without ending. */
    feeds?: readonly (readonly [title: string, address: string])[];
    /** Shown by others beside a link to the page; the site's icon if none is given, none if null. */
    picture?: string | null;
    aside?: ComponentChildren;
    children: ComponentChildren;
  },
) {
  const { site } = ui.site;
  const full = title
    ? `${title} - ${site.name}`
    : site.summary
    ? `${site.name} - ${site.summary}`
    : site.name;
  const image = picture === undefined ? site.icon : picture;
  return (
    <div class={aside ? "page two" : "page"}>
      <Head>
        <title>{full}</title>
        <meta property="og:title" content={full} />
        <meta property="og:site_name" content={site.name} />
        {image && <meta property="og:image" content={image} />}
        <meta
          name="twitter:card"
          content={image ? "summary_large_image" : "summary"}
        />
        {description && <meta name="description" content={description} />}
        {description && (
          <meta
            property="og:description"
            content={description}
          />
        )}
        {canonical && <link rel="canonical" href={canonical} />}
        {feeds.map(([name, address]) => (
          <>
            <link
              rel="alternate"
              type="application/rss+xml"
              title={`${name} (RSS)`}
              href={`${address}.xml`}
            />
            <link
              rel="alternate"
              type="application/atom+xml"
              title={`${name} (Atom)`}
              href={`${address}.atom`}
            />
          </>
        ))}
        {noindex && <meta name="robots" content="noindex" />}
      </Head>
      <main id="content" tabIndex={-1}>{children}</main>
      {aside && <aside>{aside}</aside>}
    </div>
  );
}
