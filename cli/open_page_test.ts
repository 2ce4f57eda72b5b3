import assert from "node:assert/strict";
import { openPage } from "./open_page.ts";

Deno.test("openPage() opens pages only, and where somebody could see them", () => {
  for (const url of ["file:///etc/passwd", "javascript:alert(1)", "ms-settings:", "data:,x"]) {
    assert.equal(openPage(url, { DISPLAY: ":0" }), false);
  }
  if (Deno.build.os === "linux") assert.equal(openPage("https://airlock.example/", {}), false);
});
