import { z } from "zod";
import { VERSION } from "../../config/version.ts";
import type { AnyEndpoint } from "./endpoint.ts";
import { nothing } from "./schema.ts";
import { ENDPOINTS } from "./table.ts";

interface JsonSchema {
  properties?: Record<string, unknown>;
  required?: string[];
}

let document: unknown;

/** The OpenAPI 3.1 description of the API, made from the request schemas on first use. */
export function openApi(): unknown {
  return document ??= make();
}

function make(): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, endpoint] of Object.entries(ENDPOINTS)) {
    const { also = [] }: AnyEndpoint = endpoint;
    for (const [index, route] of [endpoint, ...also].entries()) {
      const operations = paths[route.path] ??= {};
      const described = operation(name, { ...endpoint, ...route });
      operations[route.method.toLowerCase()] = index === 0
        ? described
        // Names are unique in a document.
        : { ...described, operationId: `${name}_${index}` };
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Tundra",
      description: "Lemmy's HTTP API, version 4",
      version: VERSION,
      license: { name: "AGPL-3.0-only", identifier: "AGPL-3.0-only" },
    },
    servers: [{ url: "/api/v4" }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      },
      schemas: {
        Error: {
          type: "object",
          properties: {
            error: { type: "string", description: "code, in snake_case" },
            message: { type: "string" },
            cause: { type: "string" },
          },
          required: ["error"],
        },
      },
    },
  };
}

/** Who may call: nobody in particular, anybody (signed in or not), the signed in. */
const SECURITY = {
  none: [],
  optional: [{}, { bearer: [] }],
  user: [{ bearer: [] }],
};

function operation(
  name: string,
  endpoint: AnyEndpoint,
): Record<string, unknown> {
  return {
    operationId: name,
    tags: [endpoint.path.split("/")[1]],
    security: SECURITY[endpoint.auth],
    ...request(endpoint),
    responses: {
      200: {
        description: "success",
        content: { "application/json": { schema: { type: "object" } } },
      },
      default: {
        description: "failure",
        content: {
          "application/json": {
            schema: { $ref: "#/components/schemas/Error" },
          },
        },
      },
    },
  };
}

const UPLOAD = {
  required: true,
  content: {
    "multipart/form-data": {
      schema: {
        type: "object",
        properties: {
          "images[]": { type: "string", contentMediaType: "image/*" },
        },
        required: ["images[]"],
      },
    },
  },
};

function request(
  { method, request: schema, upload }: AnyEndpoint,
): Record<string, unknown> {
  const body = upload ? { requestBody: UPLOAD } : {};
  if (schema === nothing) return body;
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io: "input",
  });
  if (method !== "GET" && !upload) {
    return {
      requestBody: {
        required: true,
        content: { "application/json": { schema: described } },
      },
    };
  }
  const { properties = {}, required = [] } = described as JsonSchema;
  return {
    ...body,
    parameters: Object.entries(properties).map(([key, value]) => ({
      name: key,
      in: "query",
      required: required.includes(key),
      schema: value,
    })),
  };
}
