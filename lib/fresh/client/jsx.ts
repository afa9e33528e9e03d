/** What the bundler turns JSX of islands into, by names nobody else has. */
export { Fragment as freshFragment, h as freshElement } from "preact";
