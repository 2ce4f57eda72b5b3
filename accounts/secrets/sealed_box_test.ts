import assert from "node:assert/strict";
import { seal, SEAL_KEY_BYTES, unseal } from "./sealed_box.ts";

const KEY = crypto.getRandomValues(new Uint8Array(SEAL_KEY_BYTES));
const PLACE = { place: ["secret", "ten_a", "account", "TOKEN"] };
const PLAIN = new TextEncoder().encode("the value");

Deno.test("unseal() opens what seal() made, of any length", () => {
  for (const length of [0, 1, 16, 17, 16_384]) {
    const plain = crypto.getRandomValues(new Uint8Array(length));
    assert.deepEqual(unseal(seal(plain, KEY, PLACE), KEY, PLACE), plain);
  }
});

Deno.test("seal() never gives the same twice, and nothing of the value", () => {
  const sealed = Array.from({ length: 100 }, () => seal(PLAIN, KEY, PLACE).toHex());
  assert.equal(new Set(sealed).size, 100);
  assert.ok(sealed.every((hex) => !hex.includes(PLAIN.toHex())));
});

Deno.test("unseal() refuses every flipped bit, cut and extension", () => {
  const sealed = seal(PLAIN, KEY, PLACE);
  const refused = { name: "AirlockError", code: "internal" };
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = sealed.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => unseal(changed, KEY, PLACE), refused, `bit ${bit}`);
  }
  for (let length = 0; length < sealed.length; length++) {
    assert.throws(() => unseal(sealed.slice(0, length), KEY, PLACE), refused);
  }
  assert.throws(() => unseal(Uint8Array.from([...sealed, 0]), KEY, PLACE), refused);
});

Deno.test("unseal() refuses another key and another place, however alike", () => {
  const sealed = seal(PLAIN, KEY, PLACE);
  const other = crypto.getRandomValues(new Uint8Array(SEAL_KEY_BYTES));
  assert.throws(() => unseal(sealed, other, PLACE), { code: "internal" });
  const places = [
    [],
    ["secret", "ten_b", "account", "TOKEN"],
    ["secret", "ten_a", "account", "OTHER"],
    ["secret", "ten_a", "account TOKEN"],
    ["secret", "ten_a,account", "TOKEN"],
    ["secret", 'ten_a","account', "TOKEN"],
    ["secret", "ten_a", "account", "TOKEN", ""],
  ];
  for (const place of places) {
    assert.throws(() => unseal(sealed, KEY, { place }), { code: "internal" }, place.join("|"));
  }
});

Deno.test("unseal() goes by the place: sealed for none, a value opens wherever it is put", () => {
  const [alice, bob] = ["ten_a", "ten_b"].map((tenant) => ({
    place: ["secret", tenant, "account", "TOKEN"],
  }));
  const bound = seal(PLAIN, KEY, alice!);
  assert.throws(() => unseal(bound, KEY, bob!), { code: "internal" });
  // What an attacker who writes to the database could do, were the place not part of it.
  const loose = seal(PLAIN, KEY, { place: [] });
  assert.deepEqual(unseal(loose, KEY, { place: [] }), PLAIN);
});
