// Runs in the browser. Everything shown is set as text, never as markup.

/** Makes an element with properties and children. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** The schema that a `$ref` points at. */
function follow(spec, schema = {}) {
  return schema.$ref === undefined
    ? schema
    : spec.components.schemas[schema.$ref.split("/").at(-1)] ?? {};
}

/** A short name for what a schema accepts. */
function typeName(spec, given) {
  const schema = follow(spec, given);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return variants.map((variant) => typeName(spec, variant)).join(" | ");
  const item = schema.items && typeName(spec, schema.items);
  const items = item?.includes(" | ") ? `(${item})[]` : `${item}[]`;
  return [schema.type ?? "any"].flat()
    .map((type) => type === "array" && item ? items : type)
    .join(" | ");
}

/** A body to start from: what is required, and whatever has an example. */
function exampleBody(spec, given) {
  const schema = follow(spec, given);
  const body = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const { example } = follow(spec, property);
    if (example !== undefined) body[name] = example;
    else if (schema.required?.includes(name)) body[name] = "";
  }
  return JSON.stringify(body, null, 2);
}

/** A table of a schema's members, with the members of objects below them. */
function memberTable(spec, given) {
  return make("table", {}, ...memberRows(spec, given, ""));
}

function memberRows(spec, given, prefix) {
  const schema = follow(spec, given);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const required = schema.required?.includes(name) ? "" : "?";
    const description = property.description ?? follow(spec, property).description ?? "";
    const row = make(
      "tr",
      {},
      make("td", { textContent: prefix + name + required }),
      make("td", { className: "type", textContent: typeName(spec, property) }),
      make("td", {}, ...prose(description)),
    );
    const inner = [property, ...property.anyOf ?? []].find((one) => follow(spec, one).properties);
    return inner === undefined ? [row] : [row, ...memberRows(spec, inner, `${prefix}${name}.`)];
  });
}

/** Text with `code` in it. */
function prose(text) {
  return text.split("`").map((part, index) =>
    index % 2 === 1 ? make("code", { textContent: part }) : part
  );
}

/** Sends a request and shows the answer as it arrives. */
async function send(route, parts) {
  const headers = {};
  const key = document.getElementById("key").value;
  if (key) headers.authorization = `Bearer ${key}`;
  const file = parts.file?.files[0];
  if (file) headers["content-type"] = parts.fileType;
  else if (parts.body) headers["content-type"] = "application/json";
  if (parts.events?.checked) headers.accept = "text/event-stream";
  parts.button.disabled = true;
  parts.answer.hidden = false;
  parts.answer.textContent = "";
  parts.status.className = "status";
  parts.status.textContent = "…";
  const startedAt = performance.now();
  try {
    const response = await fetch(filledPath(route.path, parts.variables), {
      method: route.method.toUpperCase(),
      headers,
      body: file ?? parts.body?.value,
    });
    parts.status.textContent = `${response.status} ${response.statusText}`;
    parts.status.classList.toggle("bad", !response.ok);
    const json = (response.headers.get("content-type") ?? "").includes("json");
    if (json) parts.answer.textContent = JSON.stringify(await response.json(), null, 2);
    else await showStream(response, parts.answer);
    parts.status.textContent += ` · ${Math.round(performance.now() - startedAt)} ms`;
  } catch (error) {
    parts.status.className = "status bad";
    parts.status.textContent = String(error);
  } finally {
    parts.button.disabled = false;
  }
}

/** A path with its variables filled in. */
function filledPath(path, variables) {
  return path.replace(/\{(\w+)\}/g, (_all, name) => encodeURIComponent(variables[name].value));
}

async function showStream(response, target) {
  const decoder = new TextDecoder();
  for await (const part of response.body) {
    target.textContent += decoder.decode(part, { stream: true });
  }
}

/** One route, folded. */
function routeCard(spec, route) {
  const content = route.requestBody?.content ?? {};
  const schema = content["application/json"]?.schema;
  const fileType = Object.keys(content).find((type) => type !== "application/json");
  const parts = {
    variables: Object.fromEntries(
      (route.parameters ?? []).filter((parameter) => parameter.in === "path")
        .map(({ name, schema: { example } }) => [name, make("input", { value: example ?? "" })]),
    ),
    fileType,
    file: fileType && make("input", { type: "file" }),
    button: make("button", { type: "button", textContent: "Send" }),
    status: make("span", { className: "status" }),
    answer: make("pre", { hidden: true }),
    body: schema && make("textarea", { value: exampleBody(spec, schema), spellcheck: false }),
    events: route.path === "/execute-tool" ? make("input", { type: "checkbox" }) : undefined,
  };
  if (parts.body) parts.body.setAttribute("aria-label", "Body");
  parts.button.addEventListener("click", () => send(route, parts));
  const inside = make("div", { className: "inside" });
  if (route.description) inside.append(make("p", {}, ...prose(route.description)));
  if (schema) inside.append(make("h3", { textContent: "Members" }), memberTable(spec, schema));
  inside.append(make("h3", { textContent: "Try it" }));
  if (parts.body) inside.append(parts.body);
  for (const [name, input] of Object.entries(parts.variables)) {
    inside.append(make("label", {}, `${name} `, input));
  }
  const row = make("div", { className: "row" }, parts.button);
  if (parts.events) row.append(make("label", {}, parts.events, " as event stream"));
  if (parts.file) row.append(make("label", {}, `or ${fileType} `, parts.file));
  row.append(parts.status);
  inside.append(row, parts.answer);
  return make(
    "details",
    { className: "route", id: route.id, open: route.path === "/execute-tool" },
    make(
      "summary",
      {},
      make("span", { className: `verb ${route.method}`, textContent: route.method.toUpperCase() }),
      make("code", { textContent: route.path }),
      make("span", { className: "what", textContent: route.summary ?? "" }),
    ),
    inside,
  );
}

const spec = await (await fetch("/openapi.json")).json();
const found = Object.entries(spec.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    path,
    method,
    id: `${method}${path.replaceAll(/[^a-z0-9]+/gi, "-")}`,
  }))
);
found.sort((a, b) => Number(b.path === "/execute-tool") - Number(a.path === "/execute-tool"));
document.getElementById("version").textContent = spec.info.version;
document.getElementById("about").textContent = spec.info.description;
document.getElementById("auth").hidden = spec.components.securitySchemes === undefined;
document.getElementById("auth").addEventListener("submit", (event) => event.preventDefault());
for (const route of found) {
  document.getElementById("routes").append(routeCard(spec, route));
  const link = make(
    "a",
    { href: `#${route.id}` },
    make("span", { className: `verb ${route.method}`, textContent: route.method.toUpperCase() }),
    route.path,
  );
  link.addEventListener("click", () => document.getElementById(route.id).open = true);
  document.getElementById("nav").append(link);
}
