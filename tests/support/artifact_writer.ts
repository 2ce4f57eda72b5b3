// A program: fills the store at the directory given, without end, until it is killed.
import { ArtifactStore } from "../../runtime/artifact/artifact_store.ts";
import { putSample } from "./sample_artifact.ts";

const [directory = "", seed = "0"] = Deno.args;
await using store = await ArtifactStore.open({ directory, maxBytes: 64_000 });
const announce = new TextEncoder().encode(".");
for (let turn = 0;; turn++) {
  const files = Object.fromEntries(
    Array.from(
      { length: 5 },
      (_, index) => [`lib/${index}.mjs`, `// ${seed} ${turn}\n`.repeat(99)],
    ),
  );
  // Few names: refs are replaced, and writers that live at the same time meet.
  const version = `1.0.${turn % 7}`;
  using _lease = await putSample(store, {
    version,
    files: { "bundle.mjs": "export {};\n", ...files },
    packages: { "sample@1": "sha512-AAAA" },
  });
  Deno.stdout.writeSync(announce);
}
