/** The example of Extism's documentation, in AssemblyScript. */
export const COUNT_VOWELS = `
  import { Config, Host, Var } from "@extism/as-pdk/lib/pdk";
  export function myAbort(m: string | null, f: string | null, l: u32, c: u32): void {}
  export function count_vowels(): i32 {
    const text = Host.inputString();
    let count = 0;
    for (let i = 0; i < text.length; i++) if ("aeiouAEIOU".includes(text.charAt(i))) count++;
    Var.set("kept", Uint8Array.wrap(String.UTF8.encode("variable")));
    const kept = Var.get("kept");
    const thing = Config.get("thing");
    Host.outputString('{"count":' + count.toString() + ',"config":"' +
      (thing === null ? "none" : thing!) + '","kept":"' +
      (kept === null ? "none" : String.UTF8.decode(kept!.buffer)) + '"}');
    return 0;
  }`;
