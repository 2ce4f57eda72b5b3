/**
 * The program of the build process: takes one {@linkcode PackageRequest} per line of standard
 * input, answers with lines of {@linkcode BuildReply}. It runs no package code; it exists so that
 * parsing what strangers wrote can be stopped, bounded and kept off the gateway's event loop. It
 * ends, and esbuild with it, when its standard input does.
 */
import * as esbuild from "esbuild";
import { AirlockError } from "../../../spec/errors.ts";
import { buildPackage } from "./build_package.ts";
import { readLines } from "./read_lines.ts";
import type { BuildReply, PackageRequest } from "./package_request.ts";

if (import.meta.main) {
  const out = Deno.stdout.writable.getWriter();
  const encoder = new TextEncoder();
  const send = (reply: BuildReply) => out.write(encoder.encode(JSON.stringify(reply) + "\n"));
  // Its first use starts esbuild: done before anyone waits for it.
  await esbuild.transform("", {});
  await send({ type: "ready" });
  // Read while a build runs, so that the end of the input is seen at once.
  let last: Promise<unknown> = Promise.resolve();
  for await (const line of readLines(Deno.stdin.readable)) {
    const request: PackageRequest = JSON.parse(line);
    last = last.then(async () =>
      send(await answer(request, (line) => void send({ type: "progress", line })))
    );
  }
  Deno.exit(0);
}

async function answer(
  request: PackageRequest,
  progress: (line: string) => void,
): Promise<BuildReply> {
  try {
    return { type: "built", built: await buildPackage(request, progress) };
  } catch (error) {
    if (error instanceof AirlockError) {
      const { code, message, stage, suggestion, details } = error;
      return { type: "failed", code, message, options: { stage, suggestion, details } };
    }
    return {
      type: "failed",
      code: "artifact_failed",
      message: "Build the package: the build step failed unexpectedly",
      options: {
        stage: "build",
        suggestion: "Ask for another version of the package, and report this one",
        details: {
          reason: "bundle_failed",
          cause: error instanceof Error ? error.name : "unknown",
        },
      },
    };
  }
}
