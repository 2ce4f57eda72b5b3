import assert from "node:assert/strict";
import { fakeFailure, fakeGateway, type FakeGatewayOptions } from "./support/fake_gateway.ts";
import { serveGateway } from "../gateway/serve_gateway.ts";
import { Browser, findBrowser } from "./support/browser.ts";

const program = await findBrowser(Deno.env.get("PATH") ?? "");

/** The page of a listening gateway, in a browser. */
async function world(options: FakeGatewayOptions = {}) {
  assert.ok(program !== undefined, "no chromium on PATH, and CI must not do without");
  const fake = fakeGateway(options);
  await using stack = new AsyncDisposableStack();
  const gateway = serveGateway(fake.app, { host: "127.0.0.1", port: 0, gate: fake.gate });
  stack.defer(() => gateway.drain(0));
  const browser = stack.use(await Browser.start(program));
  const page = stack.use(await browser.newPage());
  await page.show(`${gateway.url}/docs`);
  await page.until(`document.querySelectorAll("details.route").length > 0`);
  const owned = stack.move();
  return {
    page,
    url: gateway.url,
    calls: fake.calls,
    /** Fills in a route's body where there is one, and presses its button. */
    async send(route: string, body?: object) {
      const text = JSON.stringify(JSON.stringify(body));
      await page.evaluate(`{
        const card = document.getElementById("${route}");
        card.open = true;
        if (${text} !== undefined) card.querySelector("textarea").value = ${text};
        card.querySelector("button").click();
      }`);
      await page.until(`document.querySelector("#${route} .status").textContent.includes("ms")`);
      const shown = (of: string) =>
        page.evaluate(`document.querySelector("#${route} ${of}").textContent`);
      return { status: String(await shown(".status")), answer: String(await shown("pre")) };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

// Skipped where PATH has no browser, except in continuous integration, which must have one.
const options = { ignore: program === undefined && Deno.env.get("CI") !== "true" };

Deno.test("GET /docs lists every route of the API, under its own policy", options, async () => {
  await using made = await world();
  const { page, url } = made;
  const listed = await page.evaluate(
    `[...document.querySelectorAll("details.route > summary > code")].map((code) => code.textContent)`,
  );
  assert.ok(Array.isArray(listed));
  const { paths } = await (await fetch(`${url}/openapi.json`)).json();
  assert.deepEqual(listed.toSorted(), Object.keys(paths).toSorted());
  assert.equal(listed[0], "/execute-tool");
  const links = await page.evaluate(
    `[...document.querySelectorAll("nav a")].every((a) => document.querySelector(a.hash))`,
  );
  assert.equal(links, true);
  const members = await page.evaluate(`document.querySelector("#post-execute-tool").innerText`);
  for (const name of ["packageName", "permissions?", "string[] | null", "limits.timeoutMs?"]) {
    assert.ok(String(members).includes(name), name);
  }
  assert.equal(await page.evaluate(`document.getElementById("auth").hidden`), true);
  assert.deepEqual(page.complaints, []);
});

Deno.test(
  "GET /docs sends a call and shows its answer, all within one origin",
  options,
  async () => {
    await using made = await world();
    const { page, url, calls, send } = made;
    const body = { packageName: "@scope/tools", name: "greet", params: { html: "<b>Ada</b>" } };
    const { status, answer } = await send("post-execute-tool", body);
    assert.match(status, /^200/);
    assert.deepEqual(JSON.parse(answer).output, { html: "<b>Ada</b>" });
    assert.deepEqual(calls.map(({ request }) => request), [{ ...body, env: {} }]);
    // What a tool answers is text, whatever it looks like.
    assert.equal(await page.evaluate(`document.querySelector("pre b")`), null);
    assert.match((await send("get-health")).answer, /"status": "ok"/);
    const elsewhere = page.requested.filter((one) =>
      !one.startsWith(`${url}/`) && one !== "data:,"
    );
    assert.deepEqual(elsewhere, []);
    assert.ok(page.requested.includes(`${url}/execute-tool`));
    assert.deepEqual(page.complaints, []);
  },
);

Deno.test("GET /docs starts from an example that the route accepts", options, async () => {
  await using made = await world();
  const { status } = await made.send("post-execute-tool");
  assert.match(status, /^200/);
  assert.equal(made.calls.length, 1);
  assert.deepEqual(made.page.complaints, []);
});

Deno.test("GET /docs fills in what a path leaves open", options, async () => {
  await using made = await world();
  const { status } = await made.send("get-tools-ref-runtimes");
  assert.match(status, /^200/);
  const path = "/tools/%40tpmjs%2Ftools-html-to-markdown%400.1.0%23htmlToMarkdownTool/runtimes";
  assert.ok(made.page.requested.includes(`${made.url}${path}`), made.page.requested.join("\n"));
  assert.deepEqual(made.page.complaints, []);
});

Deno.test("GET /docs shows an answer as an event stream", options, async () => {
  await using made = await world();
  await made.page.evaluate(
    `document.querySelector("#post-execute-tool input[type=checkbox]").checked = true`,
  );
  const { answer } = await made.send("post-execute-tool");
  assert.match(answer, /^: open\n\nevent: result\ndata: \{"success":true/);
});

Deno.test("GET /docs sends a file where a route takes one", options, async () => {
  const stored: number[][] = [];
  await using made = await world({
    plugins: {
      storeModule(bytes) {
        stored.push([...bytes]);
        return Promise.resolve("wasm-sample");
      },
    },
  });
  await made.page.evaluate(`{
    const chosen = new DataTransfer();
    chosen.items.add(new File([new Uint8Array([0, 97, 115, 109, 255])], "plugin.wasm"));
    document.querySelector("#post-artifacts-wasm input[type=file]").files = chosen.files;
  }`);
  const { status } = await made.send("post-artifacts-wasm");
  assert.match(status, /^200/);
  assert.deepEqual(stored, [[0, 97, 115, 109, 255]]);
  assert.deepEqual(made.page.complaints, []);
});

Deno.test(
  "GET /docs shows failures, and asks for the key where one is needed",
  options,
  async () => {
    const apiKey = "k".repeat(16);
    await using made = await world({
      settings: { apiKey },
      execute: (_request, context) => Promise.resolve(fakeFailure("pool_exhausted", context)),
    });
    const { page, send, calls } = made;
    assert.equal(await page.evaluate(`document.getElementById("auth").hidden`), false);
    const refused = await send("post-execute-tool");
    assert.match(refused.status, /^401/);
    assert.equal(JSON.parse(refused.answer).code, "unauthenticated");
    assert.equal(calls.length, 0);
    await page.evaluate(`document.getElementById("key").value = "${apiKey}"`);
    const failed = await send("post-execute-tool");
    assert.match(failed.status, /^503/);
    assert.equal(JSON.parse(failed.answer).code, "pool_exhausted");
    const bad = await page.evaluate(`document.querySelector("#post-execute-tool .status.bad")`);
    assert.notEqual(bad, null);
  },
);

Deno.test(
  "GET /docs cannot be made to reach elsewhere, run markup, or stand in a frame",
  options,
  async () => {
    await using made = await world();
    const { page, url } = made;
    const attempts = [
      `fetch("http://127.0.0.1:9/").then(() => "reached", () => "refused")`,
      `new Promise((resolve) => {
      addEventListener("securitypolicyviolation", () => resolve("refused"), { once: true });
      document.body.innerHTML += "<img src=x onerror='window.ran = 1'>";
      document.body.append(Object.assign(document.createElement("script"), { text: "window.ran = 1" }));
    })`,
      `new Promise((resolve) => {
      addEventListener("securitypolicyviolation", () => resolve("refused"), { once: true });
      document.body.append(Object.assign(document.createElement("iframe"), { src: "${url}/docs" }));
    })`,
    ];
    for (const attempt of attempts) assert.equal(await page.evaluate(attempt), "refused", attempt);
    assert.equal(await page.evaluate("window.ran"), undefined);
    // This is how refusals look, so that their absence elsewhere means something.
    assert.ok(page.complaints.length > 0);
  },
);
