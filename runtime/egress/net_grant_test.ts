import assert from "node:assert/strict";
import type { NetGrant } from "../../spec/permissions.ts";
import { grantCovers, grantFor, targetOf } from "./net_grant.ts";

function covers(grant: NetGrant, url: string): boolean {
  return grantCovers(grant, targetOf(new URL(url)));
}

Deno.test("grantCovers() accepts what a pattern means", () => {
  const rows: [NetGrant, string][] = [
    ["public", "https://anything.example/"],
    ["public", "http://h.example:8443/"],
    [["api.example.com"], "https://api.example.com/"],
    [["api.example.com"], "http://api.example.com:8080/"],
    [["API.Example.com"], "https://api.example.COM./"],
    [["api.example.com."], "https://api.example.com/"],
    [["*.example.com"], "https://a.b.example.com/"],
    [["api.example.com:8443"], "https://api.example.com:8443/"],
    [["api.example.com:443"], "https://api.example.com/"],
    [["api.example.com:80"], "http://api.example.com/"],
    [["bücher.example"], "https://xn--bcher-kva.example/"],
    [["xn--bcher-kva.example"], "https://BÜCHER.example/"],
    [["127.0.0.1"], "http://0x7f.1/"],
    [["[::1]:80"], "http://[0:0::1]/"],
    [["smtp.example:25"], "http://smtp.example:25/"],
  ];
  for (const [grant, url] of rows) assert(covers(grant, url), `${grant} should cover ${url}`);
});

Deno.test("grantCovers() refuses what a pattern does not mean", () => {
  const rows: [NetGrant, string][] = [
    ["none", "https://a.example/"],
    [[], "https://a.example/"],
    [["example.com"], "https://api.example.com/"],
    [["*.example.com"], "https://example.com/"],
    [["*.example.com"], "https://evilexample.com/"],
    [["*.example.com"], "https://example.com.evil.test/"],
    [["example.com"], "https://example.com.evil.test/"],
    [["api.example.com"], "https://api.example.com@evil.test/"],
    [["api.example.com:443"], "http://api.example.com/"],
    [["api.example.com:443"], "https://api.example.com:444/"],
    [["*.0.0.1"], "http://127.0.0.1/"],
    [["*"], "https://a.example/"],
    [["*.*"], "https://a.example/"],
    [["evil.test#.example.com"], "https://evil.test/"],
    [["evil.test/.example.com"], "https://evil.test/"],
    [["x@evil.test"], "https://evil.test/"],
    [["evil%2etest"], "https://evil.test/"],
    [["evil.test\\.example.com"], "https://evil.test/"],
    [[""], "https://evil.test/"],
    [["public"], "https://evil.test/"],
    ["public", "http://mail.example:25/"],
    [["mail.example"], "http://mail.example:6667/"],
  ];
  for (const [grant, url] of rows) assert(!covers(grant, url), `${grant} covers ${url}`);
});

Deno.test("grantFor() names the narrowest pattern", () => {
  const name = (url: string) => grantFor(targetOf(new URL(url)));
  assert.equal(name("https://API.example.com./x?y"), "api.example.com");
  assert.equal(name("http://api.example.com:8080/"), "api.example.com:8080");
  assert.equal(name("http://[::1]:9000/"), "[::1]:9000");
  for (const url of ["https://a.example/", "http://a.example:25/", "http://[2606::1]:8080/"]) {
    assert(covers([name(url)], url));
  }
});
