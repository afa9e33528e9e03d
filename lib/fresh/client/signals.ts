/** The part of the signals library that reviving props takes. */
export { computed, signal } from "@preact/signals";
