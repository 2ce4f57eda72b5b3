/** What the suite found, one thing of a scenario. */
export interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** What came of a run: checks by scenario, and what it wrote. */
export interface SuiteRun {
  readonly checks: ReadonlyMap<string, readonly Check[]>;
  readonly output: string;
}

/** How names of the suite stand in requests and in answers, where a gateway gives them others. */
export interface SuiteNames {
  readonly request: (body: string) => string;
  readonly answer: (text: string) => string;
}

/**
 * Runs the conformance suite for servers against a gateway: for tests only. The suite knows tools by
 * bare names and resources by bare URIs, which a gateway of several servers does not have.
 */
export async function runConformance(
  answer: (request: Request) => Promise<Response>,
  { path, names }: { readonly path: string; readonly names: SuiteNames },
): Promise<SuiteRun> {
  const directory = await Deno.makeTempDir({ prefix: "airlock-conformance-" });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => renamed(request, answer, names),
  );
  stack.defer(() => server.shutdown());
  const url = `http://127.0.0.1:${server.addr.port}${path}`;
  const [most, one] = await Promise.all([
    runSuite(url, ["--suite", "active", "-o", directory]),
    // Newer than what the suite counts as active, and yet of those that have to pass.
    runSuite(url, ["--scenario", "json-schema-2020-12", "-o", directory]),
  ]);
  const output = most + one;
  return { checks: await readChecks(directory), output };
}

async function renamed(
  request: Request,
  answer: (request: Request) => Promise<Response>,
  names: SuiteNames,
) {
  const text = request.body === null ? null : await request.text();
  const { url, method, headers, signal } = request;
  const body = text && names.request(text);
  const response = await answer(new Request(url, { method, headers, body, signal }));
  const whole = response.body?.pipeThrough(new TextDecoderStream())
    .pipeThrough(
      new TransformStream<string, string>({
        transform: (part, out) => out.enqueue(names.answer(part)),
      }),
    )
    .pipeThrough(new TextEncoderStream());
  return new Response(whole ?? null, response);
}

async function runSuite(url: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "-A", "npm:@modelcontextprotocol/conformance@0.1.16"]
      .concat(["server", "--url", url, ...args]),
    cwd: new URL("../..", import.meta.url),
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
