import assert from "node:assert/strict";
import { readSharedUri, sharedUri } from "./shared_uri.ts";

const SERVERS = ["srv_1", "srv_12", "srv_2", "s"];

const URIS = [
  ...["file:///a", "file:///a/../b", "x://srv_1/y", "/", "//", "1/file:///a", "2/file:///a"],
  ...["airlock:srv_2/file:///a", "test://{id}/data?q=%2F#f", "mailto:a@b", "ü:ß", " spaced "],
];

Deno.test("readSharedUri() undoes sharedUri(), and no two are the same", () => {
  const all = SERVERS.flatMap((serverId) => URIS.map((uri) => ({ serverId, uri })));
  for (const one of all) assert.deepEqual(readSharedUri(sharedUri(one)), one);
  assert.equal(new Set(all.map(sharedUri)).size, all.length);
  // As a client does that reads what it is given as a URL.
  const { href } = new URL(sharedUri({ serverId: "srv_1", uri: "file:///a/../b?c#d" }));
  assert.deepEqual(readSharedUri(href), { serverId: "srv_1", uri: "file:///a/../b?c#d" });
});

Deno.test("readSharedUri() reads nothing of what is another's", () => {
  const others = [
    ...["", "airlock:", "airlock:srv_1", "airlock:srv_1/", "airlock:/x", "airlock:a.b/x"],
    ...["file:///etc/passwd", "http://169.254.169.254/", "airlock:srv_1/a\nb", "AIRLOCK:srv_1/x"],
  ];
  for (const text of others) assert.equal(readSharedUri(text), null, text);
  // What a server puts in front of its own URIs stays inside its own part.
  const nested = sharedUri({ serverId: "srv_1", uri: "airlock:srv_2/x" });
  assert.deepEqual(readSharedUri(nested), { serverId: "srv_1", uri: "airlock:srv_2/x" });
});
