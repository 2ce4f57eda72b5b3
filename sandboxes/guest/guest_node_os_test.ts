import assert from "node:assert/strict";
import os from "node:os";
import { installNodeOs } from "./guest_node_os.ts";

Deno.test("installNodeOs() answers everything without saying anything of the host", () => {
  const natives = Object.getOwnPropertyDescriptors(os);
  const truths = [os.hostname(), os.userInfo().username, os.release()];
  try {
    installNodeOs({ tmpDirectory: "/somewhere" });
    assert.equal(os.hostname(), "sandbox");
    assert.equal(os.tmpdir(), "/somewhere");
    assert.equal(os.cpus().length, 1);
    assert.deepEqual(os.networkInterfaces(), {});
    const said: unknown[] = [];
    for (const name of Object.keys(os)) {
      if (name === "setPriority") continue;
      const member: unknown = Reflect.get(os, name);
      if (typeof member === "function") said.push(Reflect.apply(member, os, []));
    }
    const text = JSON.stringify(said);
    for (const truth of truths) {
      // A host may be called what every sandbox is called.
      if (truth !== "sandbox") assert(!text.includes(JSON.stringify(truth)), truth);
    }
  } finally {
    Object.defineProperties(os, natives);
  }
});
