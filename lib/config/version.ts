import program from "../../deno.json" with { type: "json" };

/** Version of the program. */
export const VERSION: string = program.version;

/**
 * Version of Lemmy whose behaviour apps may expect, with ours behind the `+`, where it does not
 * count in comparisons. Apps choose API and features by it (api-versions, "nodeinfo").
 */
export const COMPATIBLE_VERSION = `1.0.0+tundra.${VERSION}`;
