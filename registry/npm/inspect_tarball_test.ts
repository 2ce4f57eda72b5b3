import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { buildTar, gzip, paxHeader, type TarEntry } from "../../tests/support/tar.ts";
import { inspectTarball } from "./inspect_tarball.ts";

const LIMITS = { maxBytes: 1024 * 1024, maxFiles: 100, maxPathBytes: 200 };

async function inspect(entries: readonly TarEntry[]) {
  return await inspectBytes(await gzip(buildTar(entries)));
}

function inspectBytes(tarball: Uint8Array<ArrayBuffer>) {
  const { signal } = new AbortController();
  return inspectTarball(tarball, { label: "x@1.0.0", limits: LIMITS, signal });
}

function noise(bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) {
    crypto.getRandomValues(whole.subarray(at, at + 65_536));
  }
  return whole;
}

function file(path: string): TarEntry {
  return { path, body: "x" };
}

Deno.test("inspectTarball() counts what an ordinary package unpacks to", async () => {
  const size = await inspect([
    { path: "package/", type: "5" },
    paxHeader({ comment: "made by git" }, "g"),
    file("package/package.json"),
    paxHeader({ path: `package/${"long/".repeat(25)}name.js` }),
    { path: "package/short", body: "y".repeat(2000) },
  ]);
  assert.deepEqual(size, { unpackedBytes: 14 * 512, files: 5 });
});

Deno.test("inspectTarball() tolerates links that stay inside, which unpackers leave out", async () => {
  await inspect([
    file("package/a.js"),
    { path: "package/b.js", type: "2", linkTarget: "a.js" },
    { path: "package/c.js", type: "1", linkTarget: "package/a.js" },
  ]);
});

Deno.test("inspectTarball() reads what packers of old made", async () => {
  await inspect([paxHeader({ size: "1", "NODETAR.depth": "1" }), file("package/a")]);
  for (const kibibytes of [1, 40, 300]) {
    const tarball = await gzip(buildTar([{ path: "package/a", body: noise(kibibytes * 1024) }]));
    for (const zeros of [1, 2, 3, 4, 3_883]) {
      const filledUp = new Uint8Array(tarball.length + zeros);
      filledUp.set(tarball);
      assert.ok((await inspectBytes(filledUp)).files === 1);
    }
  }
});

Deno.test("inspectTarball() refuses anything but zeros behind the archive", async () => {
  const tarball = await gzip(buildTar([file("package/a")]));
  const second = await gzip(buildTar([file("package/b")]));
  for (const more of [second, new Uint8Array([0, 0, 0, 0, 1]), [...new Uint8Array(9), ...second]]) {
    const both = Uint8Array.from([...tarball, ...more]);
    await failsWith(inspectBytes(both), { code: "artifact_failed", step: "archive" });
  }
});

const HOSTILE: Readonly<Record<string, readonly TarEntry[]>> = {
  "a traversal": [file("package/../../evil.js")],
  "a traversal with backslashes": [file("package\\..\\..\\evil.js")],
  "an absolute path": [file("/etc/cron.d/evil")],
  "a drive letter": [file("C:/evil")],
  "a traversal in an extended header": [paxHeader({ path: "../evil" }), file("package/a")],
  "a traversal in a GNU long name": [
    { path: "././@LongLink", type: "L", body: "package/../../evil\0" },
    file("package/a"),
  ],
  "a global header that renames": [paxHeader({ path: "package/b" }, "g"), file("package/a")],
  "an extended header that changes the size": [paxHeader({ size: "0" }), file("package/a")],
  "an extended header that spells the size oddly": [paxHeader({ size: "01" }), file("package/a")],
  "extended headers that differ in size": [
    paxHeader({ size: "0" }),
    paxHeader({ size: "1" }),
    file("package/a"),
  ],
  "a global header that states a size": [paxHeader({ size: "1" }, "g"), file("package/a")],
  "a sparse file": [paxHeader({ "GNU.sparse.name": "../evil" }), file("package/a")],
  "a symlink out, then a write through it": [
    { path: "package/x", type: "2", linkTarget: "../../.." },
    file("package/x/evil"),
  ],
  "an absolute symlink": [{ path: "package/x", type: "2", linkTarget: "/etc" }],
  "a long symlink target in an extended header": [
    paxHeader({ linkpath: "../../../etc" }),
    { path: "package/x", type: "2", linkTarget: "a" },
  ],
  "a hard link out": [{ path: "package/x", type: "1", linkTarget: "../../etc/passwd" }],
  "a character device": [{ path: "package/x", type: "3" }],
  "a block device": [{ path: "package/x", type: "4" }],
  "a pipe": [{ path: "package/x", type: "6" }],
  "an unknown type": [{ path: "package/x", type: "Z" }],
  "a directory with content": [{ path: "package/x", type: "5", body: "x" }],
  "too many files": Array.from({ length: 101 }, (_, index) => file(`package/${index}`)),
  "a path that is too long": [paxHeader({ path: `package/${"x".repeat(200)}` }), file("package/a")],
  "a size beyond the end": [{ path: "package/a", body: "x", claimedSizeBytes: 900_000 }],
  "a huge extended header": [{ path: "x", type: "x", body: "x".repeat(70_000) }, file("package/a")],
  "a malformed extended header": [{ path: "x", type: "x", body: "99 path=a\n" }, file("package/a")],
  "nothing at all": [],
};

for (const [what, entries] of Object.entries(HOSTILE)) {
  Deno.test(`inspectTarball() refuses ${what}`, async () => {
    await failsWith(inspect(entries), { code: "artifact_failed", step: "archive" });
  });
}

Deno.test("inspectTarball() refuses a bomb long before it is unpacked", async () => {
  const bomb = await gzip(new Uint8Array(256 * 1024 * 1024));
  const startedMs = performance.now();
  const error = await failsWith(inspectBytes(bomb), { code: "artifact_failed", step: "archive" });
  assert.match(error.message, /too large/);
  assert.ok(performance.now() - startedMs < 3_000);
});

Deno.test("inspectTarball() refuses damaged archives", async () => {
  const tar = buildTar([{ path: "package/a", body: "a".repeat(3000) }]);
  const good = await gzip(tar);
  await inspectBytes(good);
  const flipped = tar.slice();
  flipped[130] = 0x37;
  const afterEnd = new Uint8Array(2 * tar.length);
  afterEnd.set(tar);
  afterEnd.set(tar, tar.length);
  const damaged = [
    good.slice(0, good.length - 20),
    new TextEncoder().encode("<html>not a tarball</html>"),
    new Uint8Array(),
    await gzip(tar.slice(0, 1024)),
    await gzip(flipped),
    await gzip(afterEnd),
  ];
  for (const bytes of damaged) {
    await failsWith(inspectBytes(bytes), { code: "artifact_failed", step: "archive" });
  }
});

Deno.test("inspectTarball() stops when aborted", async () => {
  const tarball = await gzip(buildTar([file("package/a")]));
  const signal = AbortSignal.abort(new Error("stop"));
  await assert.rejects(inspectTarball(tarball, { label: "x", limits: LIMITS, signal }), /stop/);
});
