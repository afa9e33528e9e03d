import { z } from "zod";
import type { AnyEndpoint } from "./endpoint.ts";
import { nothing } from "./schema.ts";
import { ENDPOINTS } from "./table.ts";

/** An endpoint as people read it. */
export interface DescribedEndpoint {
  /** Name of the official client's method. */
  name: string;
  routes: { method: string; path: string }[];
  auth: "none" | "optional" | "user";
  bucket?: string;
  upload: boolean;
  fields: { name: string; type: string; required: boolean }[];
}

/** Every endpoint below the first part of its path, in the order of the table. */
export function describeApi(): Map<string, DescribedEndpoint[]> {
  const groups = new Map<string, DescribedEndpoint[]>();
  for (const [name, endpoint] of Object.entries(ENDPOINTS)) {
    const { path, method, auth, bucket, upload, also = [] }: AnyEndpoint =
      endpoint;
    const group = path.split("/")[1];
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group)!.push({
      name,
      routes: [{ method, path }, ...also],
      auth,
      bucket,
      upload: upload ?? false,
      fields: fieldsOf(endpoint),
    });
  }
  return groups;
}

interface Schema {
  type?: string;
  enum?: unknown[];
  items?: Schema;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
}

function fieldsOf({ request }: AnyEndpoint): DescribedEndpoint["fields"] {
  if (request === nothing) return [];
  const schema = z.toJSONSchema(request, { io: "input" }) as Schema;
  return Object.entries(schema.properties ?? {}).map(([name, value]) => ({
    name,
    type: typeOf(value),
    required: schema.required?.includes(name) ?? false,
  }));
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map(String).join(" | ");
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" | ");
  return schema.items ? `${typeOf(schema.items)}[]` : schema.type ?? "object";
}
