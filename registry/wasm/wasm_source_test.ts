import assert from "node:assert/strict";
import { join } from "node:path";
import type { EgressRequest } from "../../spec/egress.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import { storeManifest, storeModule } from "./store_plugin.ts";
import { digestOf, UploadShelf } from "./upload_shelf.ts";
import { createWasmSource } from "./wasm_source.ts";

const MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const OTHER = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 2, 1, 0x61]);
const STEP = { signal: new AbortController().signal };

/** A shelf in a directory of its own, and a source over it whose network answers from a table. */
class Fixture implements AsyncDisposable {
  readonly requests: EgressRequest[] = [];
  closed = 0;
  readonly shelf: UploadShelf;
  readonly source;

  constructor(readonly directory: string, answers: Readonly<Record<string, Uint8Array>> = {}) {
    this.shelf = new UploadShelf({ directory: join(directory, "wasm"), maxBytes: 1_000 });
    this.source = createWasmSource({
      shelf: this.shelf,
      openEgress: () => ({
        request: (request) => {
          this.requests.push(request);
          const bytes = answers[request.url];
          const body = bytes === undefined ? null : new Blob([Uint8Array.from(bytes)]).stream();
          return Promise.resolve({
            ...{ status: bytes === undefined ? 404 : 200, statusText: "", headers: [], body },
            ...{ url: request.url, redirected: false },
          });
        },
        close: () => void this.closed++,
      }),
    });
  }

  static async open(answers?: Readonly<Record<string, Uint8Array>>): Promise<Fixture> {
    return new Fixture(await Deno.makeTempDir({ prefix: "airlock-wasm-" }), answers);
  }

  async fetch(packageName: string) {
    const directory = await Deno.makeTempDir({ dir: this.directory });
    const resolved = await this.source.resolve(packageName, undefined, STEP);
    return await this.source.fetch(resolved, { ...STEP, directory });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

function failsWith(reason: string) {
  return (error: unknown) => {
    assert.ok(error instanceof AirlockError, String(error));
    assert.deepEqual([error.code, error.details.reason], ["artifact_failed", reason]);
    return true;
  };
}

const refuses = (state: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AirlockError, String(error));
  assert.equal(error.code, "invalid_input");
  assert.match(error.message, state);
  return true;
};

Deno.test("createWasmSource() gives back an uploaded module, by digest", async () => {
  await using fixture = await Fixture.open();
  const name = await storeModule(fixture.shelf, MODULE);
  assert.equal(name, `sha256-${digestOf(MODULE)}`);
  assert.equal(await storeModule(fixture.shelf, MODULE), name, "twice is the same");
  const fetched = await fixture.fetch(name);
  assert.equal(fetched.resolved.source, "wasm");
  assert.ok(fetched.entry.endsWith(".wasm"));
  assert.deepEqual(await Deno.readFile(fetched.entry), MODULE);
});

Deno.test("createWasmSource() refuses names that are no digest, and unknown digests", async () => {
  await using fixture = await Fixture.open();
  for (const name of ["x", "sha256-", "sha256-../../etc/passwd", `sha256-${"A".repeat(64)}`]) {
    await assert.rejects(fixture.source.resolve(name, undefined, STEP), failsWith("bad_name"));
  }
  const unknown = `sha256-${"a".repeat(64)}`;
  await assert.rejects(fixture.source.resolve(unknown, undefined, STEP), failsWith("no_upload"));
  const known = await storeModule(fixture.shelf, MODULE);
  await assert.rejects(fixture.source.resolve(known, "2.0.0", STEP), failsWith("bad_name"));
});

Deno.test("createWasmSource() never gives out bytes that were changed on disk", async () => {
  await using fixture = await Fixture.open();
  const name = await storeModule(fixture.shelf, MODULE);
  const path = join(fixture.directory, "wasm", digestOf(MODULE));
  await Deno.chmod(path, 0o644);
  await Deno.writeFile(path, OTHER);
  await assert.rejects(fixture.source.resolve(name, undefined, STEP), failsWith("no_upload"));
  assert.equal(await storeModule(fixture.shelf, MODULE), name, "another upload mends it");
  assert.deepEqual(await Deno.readFile((await fixture.fetch(name)).entry), MODULE);
});

Deno.test("createWasmSource() downloads a module once, and only with its hash", async () => {
  const url = "https://plugins.example/a.wasm";
  await using fixture = await Fixture.open({ [url]: MODULE });
  const entry = { name: "main", url, hash: digestOf(MODULE).toUpperCase() };
  const name = await storeManifest(fixture.shelf, { wasm: [entry], config: { a: "b" } });
  for (let n = 0; n < 2; n++) {
    const fetched = await fixture.fetch(name);
    const manifest: JsonObject = JSON.parse(await Deno.readTextFile(fetched.entry));
    assert.deepEqual(manifest, {
      wasm: [{ path: "0.wasm", hash: digestOf(MODULE), name: "main" }],
      config: { a: "b" },
    });
  }
  assert.deepEqual(fixture.requests.map((request) => [request.method, request.url]), [[
    "GET",
    url,
  ]]);
  assert.equal(fixture.closed, 1);
  const changed = await storeManifest(fixture.shelf, { wasm: [{ url, hash: digestOf(OTHER) }] });
  await assert.rejects(fixture.fetch(changed), failsWith("bad_hash"));
  const gone = { url: "https://plugins.example/gone.wasm", hash: "0".repeat(64) };
  const absent = await storeManifest(fixture.shelf, { wasm: [gone] });
  await assert.rejects(fixture.fetch(absent), failsWith("download"));
});

Deno.test("storeManifest() keeps data as uploads, and says which entry is wrong", async () => {
  await using fixture = await Fixture.open();
  const { shelf } = fixture;
  const data = btoa(String.fromCharCode(...MODULE));
  const { entry } = await fixture.fetch(await storeManifest(shelf, { wasm: [{ data }] }));
  assert.deepEqual(JSON.parse(await Deno.readTextFile(entry)), {
    wasm: [{ path: "0.wasm", hash: digestOf(MODULE) }],
  });
  const wrong: readonly (readonly [JsonObject, RegExp])[] = [
    [{}, /wasm needs 1 to 16 modules/],
    [{ wasm: [] }, /wasm needs 1 to 16 modules/],
    [{ wasm: ["x"] }, /wasm\.0 needs an object/],
    [{ wasm: [{ path: "/etc/passwd" }] }, /wasm\.0 needs a hash/],
    [{ wasm: [{ url: "https://a.example/x.wasm" }] }, /wasm\.0 needs a hash/],
    [{ wasm: [{ url: "file:///etc/passwd", hash: "0".repeat(64) }] }, /no http\(s\) URL/],
    [{ wasm: [{ data: "?" }] }, /wasm\.0\.data is no base64/],
    [{ wasm: [{ data: btoa("text") }] }, /it is no WebAssembly module/],
    [{ wasm: [{ data, hash: "0".repeat(64) }] }, /wasm\.0\.data has another hash/],
  ];
  for (const [manifest, state] of wrong) {
    await assert.rejects(storeManifest(shelf, manifest), refuses(state));
  }
});

Deno.test("UploadShelf refuses what makes it too large, and keeps what it has", async () => {
  await using fixture = await Fixture.open();
  const name = await storeModule(fixture.shelf, MODULE);
  const large = new Uint8Array(1_000);
  large.set(MODULE);
  await assert.rejects(storeModule(fixture.shelf, large), { code: "resource_limit" });
  assert.deepEqual(await Deno.readFile((await fixture.fetch(name)).entry), MODULE);
});
