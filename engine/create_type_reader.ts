import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseTypeReport, type ReadTypes } from "../runtime/artifact/types/type_request.ts";
import { withEsbuild } from "../sandboxes/process/with_esbuild.ts";
import type { EgressPort } from "../spec/egress.ts";
import { AirlockError } from "../spec/errors.ts";
import type { Limits } from "../spec/limits.ts";
import { NO_PERMISSIONS } from "../spec/permissions.ts";
import type { SandboxRuntime } from "../spec/sandbox.ts";

/** What reading the declarations of one package may use. */
export const TYPE_LIMITS: Limits = {
  timeoutMs: 15_000,
  memoryBytes: 384 * 1024 * 1024,
  outputBytes: 4 * 1024 * 1024,
  logBytes: 1024,
};

const LOAD_TIMEOUT_MS = 15_000;
const PROGRAM = "read_types.js";

/** What a type reader is made of. */
export interface TypeReaderOptions {
  /** Runs the ordinary guest. */
  readonly runtime: SandboxRuntime;
  /** Absolute path of a directory for the program, made where absent. */
  readonly directory: string;
  /** Replaced by tests. */
  readonly limits?: Limits;
}

/**
 * Reads declarations with TypeScript in a sandbox of its own, without any permission: the same walls
 * as for a tool, since a package that is being looked at writes what TypeScript works on. The
 * program is bundled when it is first needed, from our own sources and the pinned TypeScript.
 */
export function createTypeReader(options: TypeReaderOptions): ReadTypes {
  const { runtime, directory, limits = TYPE_LIMITS } = options;
  let program: Promise<void> | undefined;
  return async (request, { signal }) => {
    program ??= buildProgram(directory);
    await program.catch((error: unknown) => {
      program = undefined;
      throw error;
    });
    signal.throwIfAborted();
    await using sandbox = await runtime.create({ permissions: NO_PERMISSIONS, limits });
    await sandbox.load({
      codeDirectory: directory,
      entry: PROGRAM,
      env: {},
      overlapping: false,
      timeoutMs: LOAD_TIMEOUT_MS,
    });
    const { output } = await sandbox.invoke({
      callId: crypto.randomUUID(),
      toolName: "readTypes",
      params: { ...request },
      limits,
      signal,
    }, { egress: NO_EGRESS, onLog() {}, onChunk() {} });
    return parseTypeReport(output);
  };
}

const NO_EGRESS: EgressPort = {
  request: () =>
    Promise.reject(new AirlockError("permission_denied", "Reading types: no network here")),
};

async function buildProgram(directory: string): Promise<void> {
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  const source = new URL("../runtime/artifact/types/reader/read_types.ts", import.meta.url);
  await withEsbuild((build) =>
    build({
      entryPoints: [fileURLToPath(source)],
      outfile: join(directory, PROGRAM),
      bundle: true,
      format: "esm",
      platform: "node",
      target: "esnext",
      external: ["node:*"],
      // Without a process it looks for no file system: it is given texts.
      define: { process: "undefined" },
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: "none",
      logLevel: "silent",
    })
  );
}
