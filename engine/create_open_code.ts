import { join } from "node:path";
import type { OpenCode } from "../gateway/pins/open_code.ts";
import { bundledModules, type CodeFiles, modulePath } from "../registry/pins/code_files.ts";
import type { ArtifactPreparer } from "../runtime/artifact/prepare_artifact.ts";
import type { Artifact } from "../spec/artifact.ts";

const MAX_FILES = 5_000;
const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_BYTES = 32 * 1024 * 1024;
const CODE = /\.(?:[cm]?[jt]sx?|json)$/;

/** Opens the code of packages that a preparer makes ready. */
export function createOpenCode(preparer: Pick<ArtifactPreparer, "prepare">): OpenCode {
  return async (request, signal) => {
    const prepared = await preparer.prepare(request, { signal });
    const { artifact } = prepared;
    return {
      manifest: artifact.manifest,
      lock: artifact.lock,
      files: () => readCode(artifact),
      [Symbol.dispose]: () => prepared[Symbol.dispose](),
    };
  };
}

async function readCode({ codeDirectory, manifest }: Artifact): Promise<CodeFiles> {
  if (manifest.form === "bundle") {
    return bundledModules(await Deno.readTextFile(join(codeDirectory, manifest.entry)));
  }
  const files = new Map<string, string>();
  let bytes = 0;
  const open = [""];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for await (const { name, isDirectory, isFile } of Deno.readDir(join(codeDirectory, path))) {
      const at = join(path, name);
      // Links lead to what is read under its own name.
      if (isDirectory) open.push(at);
      if (!isFile || !CODE.test(name) || files.size >= MAX_FILES || bytes >= MAX_BYTES) continue;
      const file = join(codeDirectory, at);
      if ((await Deno.stat(file)).size > MAX_FILE_BYTES) continue;
      const text = await Deno.readTextFile(file);
      bytes += text.length;
      files.set(modulePath(at), text);
    }
  }
  return files;
}
