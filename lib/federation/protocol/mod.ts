/** The JSON of other servers: what is read of it, and how tolerantly. */
export * from "./activities.ts";
export * from "./actors.ts";
export * from "./attachments.ts";
export * from "./coercions.ts";
export * from "./collections.ts";
export * from "./content.ts";
export * from "./tags.ts";
