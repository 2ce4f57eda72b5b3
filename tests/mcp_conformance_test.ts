import assert from "node:assert/strict";
import { AccountsWorld } from "./support/accounts_world.ts";
import { fillFixtures, FIXTURE_SOURCE, runFixture } from "./support/conformance_fixtures.ts";

/** Scenarios of the suite that a server of tools has to pass, each wholly. */
const REQUIRED = [
  ...["server-initialize", "logging-set-level", "ping", "tools-list", "tools-call-simple-text"],
  ...["tools-call-image", "tools-call-audio", "tools-call-embedded-resource"],
  ...["tools-call-mixed-content", "tools-call-with-logging", "tools-call-error"],
  ...["tools-call-with-progress", "json-schema-2020-12", "server-sse-multiple-streams"],
  ...["dns-rebinding-protection"],
];

/**
 * What a collection of tools does not declare. Not failures to live with: a client that looks at the
 * capabilities does not ask.
 */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  "completion-complete": "no completions: nothing of a collection takes arguments to complete",
  "tools-call-sampling": "no tool in a sandbox asks the client's model",
  "tools-call-elicitation": "no tool in a sandbox asks the person",
  "elicitation-sep1034-defaults": "as above",
  "elicitation-sep1330-enums": "as above",
  "resources-list": "no resources",
  "resources-read-text": "no resources",
  "resources-read-binary": "no resources",
  "resources-templates-read": "no resources",
  "resources-subscribe": "no resources",
  "resources-unsubscribe": "no resources",
  "prompts-list": "no prompts",
  "prompts-get-simple": "no prompts",
  "prompts-get-with-args": "no prompts",
  "prompts-get-embedded-resource": "no prompts",
  "prompts-get-with-image": "no prompts",
  "server-sse-polling":
    "no stream is closed for clients to come back: the suite itself holds it back",
};

interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** The suite knows its tools by bare names; here the name of a tool begins with its source. */
async function renamed(request: Request, answer: (request: Request) => Promise<Response>) {
  const text = request.body === null ? null : await request.text();
  const { url, method, headers, signal } = request;
  const body = text?.replaceAll(/"name":"(test_|json_schema)/g, `"name":"${FIXTURE_SOURCE}--$1`);
  const response = await answer(new Request(url, { method, headers, body, signal }));
  const whole = response.body?.pipeThrough(new TextDecoderStream())
    .pipeThrough(
      new TransformStream<string, string>({
        transform: (part, out) =>
          out.enqueue(part.replaceAll(`"name":"${FIXTURE_SOURCE}--`, '"name":"')),
      }),
    )
    .pipeThrough(new TextEncoderStream());
  return new Response(whole ?? null, response);
}

async function runSuite(url: string, directory: string): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "-A", "npm:@modelcontextprotocol/conformance@0.1.16"]
      .concat(["server", "--url", url, "--suite", "all", "-o", directory]),
    cwd: new URL("..", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

/** Checks by scenario, from the files that the suite leaves. */
async function readChecks(directory: string): Promise<Map<string, readonly Check[]>> {
  const found = new Map<string, readonly Check[]>();
  for await (const { name } of Deno.readDir(directory)) {
    const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT/.exec(name)?.[1];
    if (scenario === undefined) continue;
    found.set(scenario, JSON.parse(await Deno.readTextFile(`${directory}/${name}/checks.json`)));
  }
  return found;
}

Deno.test("the conformance suite passes on a collection, as far as it is about tools", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-conformance-" });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const world = stack.use(await AccountsWorld.open({ gateway: { execute: runFixture } }));
  await fillFixtures(world);
  const answer = async (request: Request) => await world.gateway.app.fetch(request);
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => renamed(request, answer),
  );
  stack.defer(() => server.shutdown());
  const output = await runSuite(`http://127.0.0.1:${server.addr.port}/mcp/me/suite`, directory);
  const checks = await readChecks(directory);

  await t.step("every scenario has to pass, or is of something that is not offered", () => {
    const known = [...REQUIRED, ...Object.keys(NOT_OFFERED)];
    assert.deepEqual([...checks.keys()].toSorted(), known.toSorted(), output);
  });
  for (const scenario of REQUIRED) {
    await t.step(scenario, () => {
      const done = checks.get(scenario) ?? [];
      const failed = done.filter(({ status }) => status !== "SUCCESS" && status !== "INFO");
      assert.deepEqual(failed, []);
      assert.ok(done.some(({ status }) => status === "SUCCESS"), JSON.stringify(done));
    });
  }
});
