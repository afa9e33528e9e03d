import { z } from "zod";

/** Values that a request's schema takes for what must not be missing. */
export function requiredFields(schema: z.ZodObject): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(schema.shape)) {
    const member = plain(given as z.ZodType);
    if (member instanceof z.ZodNumber) fields[key] = 1;
    else if (member instanceof z.ZodBoolean) fields[key] = false;
    else if (member instanceof z.ZodString) fields[key] = "abc";
    else if (member instanceof z.ZodEnum) fields[key] = member.options[0];
    else if (member instanceof z.ZodArray) fields[key] = [];
  }
  return fields;
}

/** What an optional member was made of that a schema has made a required one. */
function plain(member: z.ZodType): unknown {
  if (!(member instanceof z.ZodNonOptional)) return member;
  const inner = member.unwrap();
  return inner instanceof z.ZodOptional ? inner.unwrap() : inner;
}
