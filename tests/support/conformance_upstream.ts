import {
  createMcpHandler,
  isLegacyRequest,
  ResourceNotFoundError,
  Server,
  type ServerContext,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import type { JsonObject, JsonValue } from "../../spec/json.ts";
import { ELICITED, ENUMS, FIXTURE_OUTPUTS, FIXTURE_PNG, SCHEMA_2020 } from "./conformance_parts.ts";

const text = (words: string) => ({ type: "text", text: words });
const user = (content: JsonValue) => ({ role: "user", content });

const STATIC: Readonly<Record<string, JsonObject>> = {
  "test://static-text": { mimeType: "text/plain", text: "The static text resource." },
  "test://static-binary": { mimeType: "image/png", blob: FIXTURE_PNG },
  "test://watched-resource": { mimeType: "text/plain", text: "Watched." },
};

const ASKED: Readonly<Record<string, JsonObject>> = {
  test_sampling: {
    method: "sampling/createMessage",
    params: { messages: [user(text("Test prompt for sampling"))], maxTokens: 100 },
  },
  test_elicitation: {
    method: "elicitation/create",
    params: {
      ...{ mode: "form", message: "Please provide your information" },
      requestedSchema: {
        type: "object",
        properties: { username: { type: "string" }, email: { type: "string" } },
        required: ["username", "email"],
      },
    },
  },
  test_elicitation_sep1034_defaults: {
    method: "elicitation/create",
    params: { mode: "form", message: "Defaults", requestedSchema: ELICITED },
  },
  test_elicitation_sep1330_enums: {
    method: "elicitation/create",
    params: { mode: "form", message: "Enums", requestedSchema: ENUMS },
  },
};

/**
 * A server of everything that the conformance suite for servers asks for, of both protocol eras: for
 * tests only.
 */
export class ConformanceUpstream implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  readonly #servers = new Set<Server>();
  readonly #modern = createMcpHandler(() => this.#serve(), { legacy: "reject" });
  /** What it was told to watch. */
  readonly watched = new Set<string>();
  /** What clients said to the last question. */
  readonly answers: JsonValue[] = [];
  /** Capabilities that clients declared. */
  readonly declared: JsonValue[] = [];
  prompts: readonly JsonObject[] = [
    { name: "test_simple_prompt", description: "A simple prompt" },
    {
      ...{ name: "test_prompt_with_arguments", description: "With arguments" },
      arguments: ["arg1", "arg2"].map((name) => ({ name, required: true })),
    },
    {
      ...{ name: "test_prompt_with_embedded_resource", description: "With a resource" },
      arguments: [{ name: "resourceUri", required: true }],
    },
    { name: "test_prompt_with_image", description: "With an image" },
  ];

  constructor({ eras = "session" }: { readonly eras?: "session" | "both" } = {}) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        if (eras === "both" && !await isLegacyRequest(request)) return this.#modern.fetch(request);
        return await this.#session(request);
      },
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/mcp`;
  }

  /** Tells everybody who listens. */
  async tell(method: string, params?: JsonObject): Promise<void> {
    await Promise.all([...this.#servers].map((server) => server.notification({ method, params })));
    if (method.endsWith("updated")) this.#modern.notify.resourceUpdated(String(params?.["uri"]));
    else this.#modern.notify.promptsChanged();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#servers].map((server) => server.close()));
    await this.#modern.close();
    await this.#server.shutdown();
  }

  async #session(request: Request): Promise<Response> {
    const known = this.#sessions.get(request.headers.get("mcp-session-id") ?? "");
    if (known !== undefined) return await known.handleRequest(request);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void this.#sessions.set(id, transport),
    });
    const server = this.#serve();
    this.#servers.add(server);
    server.oninitialized = () => this.declared.push({ ...server.getClientCapabilities() } as never);
    await server.connect(transport);
    return await transport.handleRequest(request);
  }

  #serve(): Server {
    const server = new Server({ name: "fixtures", version: "1.0.0" }, {
      capabilities: {
        ...{ tools: { listChanged: true }, prompts: { listChanged: true }, completions: {} },
        ...{ resources: { subscribe: true, listChanged: true }, logging: {} },
      },
    });
    const names = [...Object.keys(FIXTURE_OUTPUTS), ...Object.keys(ASKED), "test_error_handling"];
    server.setRequestHandler("tools/list", () => ({
      tools: names.map((name) => ({
        ...{ name, description: `The suite's ${name}` },
        inputSchema: name.startsWith("json_schema") ? SCHEMA_2020 : { type: "object" },
      })) as never[],
    }));
    server.setRequestHandler(
      "tools/call",
      async ({ params: { name } }, context) => await this.#call(name, context) as never,
    );
    server.setRequestHandler("resources/list", () => ({
      resources: Object.entries(STATIC).map(([uri, { mimeType }]) => ({
        ...{ uri, name: uri, description: "A resource", mimeType },
      })) as never[],
    }));
    server.setRequestHandler("resources/templates/list", () => ({
      resourceTemplates: [{ uriTemplate: "test://template/{id}/data", name: "template" }],
    }));
    server.setRequestHandler("resources/read", ({ params: { uri } }) => {
      const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
      const content = id === undefined
        ? STATIC[uri]
        : { mimeType: "application/json", text: JSON.stringify({ id, templateTest: true }) };
      if (content === undefined) throw new ResourceNotFoundError(uri);
      return { contents: [{ uri, ...content }] as never[] };
    });
    server.setRequestHandler("resources/subscribe", ({ params: { uri } }) => {
      this.watched.add(uri);
      return {};
    });
    server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
      this.watched.delete(uri);
      return {};
    });
    server.setRequestHandler("prompts/list", () => ({ prompts: this.prompts as never[] }));
    server.setRequestHandler("prompts/get", ({ params: { name, arguments: args = {} } }) => ({
      messages: messagesOf(name, args) as never[],
    }));
    server.setRequestHandler("completion/complete", ({ params: { argument } }) => ({
      completion: { values: ["paris", "park"].filter((word) => word.startsWith(argument.value)) },
    }));
    return server;
  }

  async #call(name: string, { mcpReq }: ServerContext): Promise<JsonObject> {
    const { progressToken } = mcpReq._meta ?? {};
    for (const [progress, step] of ["started", "processing", "completed"].entries()) {
      if (name === "test_tool_with_logging") await mcpReq.log("info", `Tool ${step}`);
      if (name === "test_tool_with_progress" && progressToken !== undefined) {
        const params = { progressToken, progress: progress * 50, total: 100 };
        await mcpReq.notify({ method: "notifications/progress", params });
      }
    }
    if (name === "test_error_handling") {
      return { content: [text("This tool intentionally fails")], isError: true };
    }
    const asked = ASKED[name];
    if (asked === undefined) return content(FIXTURE_OUTPUTS[name] ?? null);
    // Of older clients the SDK asks over their stream, and comes back here with the answer.
    const answer = mcpReq.inputResponses?.["question"];
    if (answer === undefined) {
      return { resultType: "input_required", inputRequests: { question: asked } };
    }
    this.answers.push(answer as JsonValue);
    return { content: [text(`Answered: ${JSON.stringify(answer)}`)] };
  }
}

function content(output: JsonValue): JsonObject {
  return typeof output === "string" ? { content: [text(output)] } : output as JsonObject;
}

function messagesOf(name: string, args: Readonly<Record<string, string>>): JsonValue[] {
  const { arg1 = "", arg2 = "", resourceUri: uri = "" } = args;
  switch (name) {
    case "test_prompt_with_arguments":
      return [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))];
    case "test_prompt_with_embedded_resource":
      return [
        user({ type: "resource", resource: { uri, mimeType: "text/plain", text: "Embedded." } }),
        user(text("Please process the embedded resource above.")),
      ];
    case "test_prompt_with_image":
      return [
        user({ type: "image", data: FIXTURE_PNG, mimeType: "image/png" }),
        user(text("Please analyze the image above.")),
      ];
    default:
      return [user(text("This is a simple prompt for testing."))];
  }
}
