import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { buildExtismGuest } from "../../sandboxes/extism/extism_program.ts";
import type { ExtismRuntime } from "../../sandboxes/extism/extism_runtime.ts";
import type { buildQuickjsProgram } from "../../sandboxes/quickjs/quickjs_program.ts";
import type { QuickjsRuntime } from "../../sandboxes/quickjs/quickjs_runtime.ts";
import type { SnapshotStore } from "../../sandboxes/quickjs/snapshot_store.ts";
import type { SandboxRuntime } from "../../spec/sandbox.ts";
import type { RuntimeParts } from "./hostile_sandbox.ts";
import type { Loosening } from "./loosened_build.ts";
import { statesOf } from "./quickjs_attack_runtime.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** What the sandboxes are made of. */
const SANDBOX_FOLDERS = ["sandboxes", "spec"];

/** The real QuickJS runtime and its real guest, but for what `loosenings` takes out. */
export function loosenedQuickjs(
  loosenings: readonly Loosening[],
): (parts: RuntimeParts) => Promise<SandboxRuntime> {
  return async ({ guestDirectory, ...parts }) => {
    const copy = await SourceCopy.make(`${guestDirectory}-sources`, {
      loosenings,
      folders: SANDBOX_FOLDERS,
    });
    const build: { buildQuickjsProgram: typeof buildQuickjsProgram } = await copy.load(
      "sandboxes/quickjs/quickjs_program.ts",
    );
    const runtime: { QuickjsRuntime: typeof QuickjsRuntime } = await copy.load(
      "sandboxes/quickjs/quickjs_runtime.ts",
    );
    const store: { SnapshotStore: typeof SnapshotStore } = await copy.load(
      "sandboxes/quickjs/snapshot_store.ts",
    );
    const program = await build.buildQuickjsProgram(guestDirectory);
    return new runtime.QuickjsRuntime({
      ...parts,
      loadProgram: () => Promise.resolve(program),
      snapshots: new store.SnapshotStore({
        directory: statesOf(guestDirectory),
        maxBytes: 2 ** 30,
      }),
    });
  };
}

/** The real runtime for plug-ins and its real guest, but for what `loosenings` takes out. */
export function loosenedExtism(
  loosenings: readonly Loosening[],
): (parts: RuntimeParts) => Promise<SandboxRuntime> {
  return async ({ guestDirectory, ...parts }) => {
    const copy = await SourceCopy.make(`${guestDirectory}-sources`, {
      loosenings,
      folders: SANDBOX_FOLDERS,
    });
    const build: { buildExtismGuest: typeof buildExtismGuest } = await copy.load(
      "sandboxes/extism/extism_program.ts",
    );
    const runtime: { ExtismRuntime: typeof ExtismRuntime } = await copy.load(
      "sandboxes/extism/extism_runtime.ts",
    );
    return new runtime.ExtismRuntime({
      ...parts,
      guestFile: await build.buildExtismGuest(guestDirectory),
    });
  };
}

/**
 * Sources in a directory of their own, but for what is taken out. Where there is no place to change a
 * file on the way, as there is in a build, it is changed beforehand.
 */
export class SourceCopy {
  private constructor(readonly directory: string) {}

  /** Copies folders of the checkout; the directory is the caller's. */
  static async make(
    directory: string,
    { loosenings, folders }: {
      readonly loosenings: readonly Loosening[];
      readonly folders: readonly string[];
    },
  ): Promise<SourceCopy> {
    for (const folder of folders) await copyFolder(folder, directory);
    await Deno.symlink(join(ROOT, "node_modules"), join(directory, "node_modules"));
    for (const { file, from, to } of loosenings) {
      const path = join(directory, file);
      const text = await Deno.readTextFile(path);
      assert.equal(text.split(from).length, 2, `${file} has not one: ${from}`);
      await Deno.writeTextFile(path, text.replace(from, () => to));
    }
    return new SourceCopy(directory);
  }

  /** The module of that path from the root of the checkout. */
  load<Module>(path: string): Promise<Module> {
    return import(pathToFileURL(join(this.directory, path)).href);
  }
}

async function copyFolder(folder: string, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = join(folder, name);
    if (isDirectory) {
      await copyFolder(path, to);
    } else if (!name.endsWith("_test.ts")) {
      await Deno.mkdir(dirname(join(to, path)), { recursive: true });
      await Deno.copyFile(join(ROOT, path), join(to, path));
    }
  }
}
