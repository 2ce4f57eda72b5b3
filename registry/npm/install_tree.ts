import type { ArtifactLock } from "../../spec/artifact.ts";
import { artifactFailure } from "./artifact_failure.ts";
import { checkTree } from "./check_tree.ts";
import type { FrontDesk } from "./front_desk.ts";
import { lockFailure } from "./lock_failure.ts";
import { readInstallLock } from "./read_install_lock.ts";
import { type RegistryFrontOptions, startRegistryFront } from "./registry_front.ts";
import { runInstaller } from "./run_installer.ts";

/** What {@linkcode installTree} installs, and where. */
export interface InstallTreeOptions extends RegistryFrontOptions {
  /** Absolute path of an empty, private directory. */
  readonly directory: string;
}

/** A package with all its dependencies on disk. */
export interface InstalledTree {
  /** Absolute path of the directory that holds `node_modules`. */
  readonly projectDirectory: string;
  /** `name@version` → subresource-integrity string, sorted. */
  readonly packages: Readonly<Record<string, string>>;
}

/**
 * Installs exact versions with their dependencies. Afterwards, however it ends, no process and no
 * port of the installation is left, and nothing on disk outside `directory`.
 * @throws {AirlockError} `artifact_failed`; the signal's reason when aborted.
 */
export async function installTree(
  dependencies: Readonly<Record<string, string>>,
  options: InstallTreeOptions,
): Promise<InstalledTree> {
  const projectDirectory = `${options.directory}/project`;
  const stateDirectory = `${options.directory}/state`;
  await Deno.mkdir(projectDirectory, { recursive: true, mode: 0o700 });
  await Deno.mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  const project = { name: "project", private: true, dependencies };
  await Deno.writeTextFile(`${projectDirectory}/package.json`, JSON.stringify(project));
  // Stops the installer from looking for a configuration further up.
  await Deno.writeTextFile(`${projectDirectory}/deno.json`, "{}");
  await using front = startRegistryFront(options);
  try {
    await runInstaller({
      directory: options.directory,
      registryUrl: front.url,
      limits: options.limits,
      signal: AbortSignal.any([options.signal, front.refused]),
    });
  } finally {
    await Deno.remove(stateDirectory, { recursive: true });
    await options.cache.prune();
  }
  front.refused.throwIfAborted();
  const lockText = await Deno.readTextFile(`${projectDirectory}/deno.lock`);
  const packages = verifiedPackages(lockText, front.desk);
  if (options.lock !== undefined) compareLocks(options.lock, packages);
  await checkTree(`${projectDirectory}/node_modules`, options.signal);
  return { projectDirectory, packages };
}

/** What the installer says it installed must be what it was given. */
function verifiedPackages(lockText: string, desk: FrontDesk): Record<string, string> {
  const packages: Record<string, string> = {};
  for (const [label, integrity] of [...readInstallLock(lockText)].sort()) {
    if (desk.isStub(label)) continue;
    const at = label.indexOf("@", 1);
    const stated = desk.integrityOf(label.slice(0, at), label.slice(at + 1));
    if (integrity === undefined || integrity !== stated) {
      throw artifactFailure("integrity", `verify ${label}: no sha256 or stronger integrity`, {
        suggestion: "Use a version whose registry states one; sha1 alone is not accepted.",
        details: { package: label },
      });
    }
    packages[label] = integrity;
  }
  return packages;
}

function compareLocks(expected: ArtifactLock, packages: Readonly<Record<string, string>>): void {
  const added = Object.keys(packages).filter((label) => !Object.hasOwn(expected.packages, label));
  const removed = Object.keys(expected.packages).filter((label) => !Object.hasOwn(packages, label));
  const changed = Object.entries(packages).flatMap(([label, integrity]) =>
    Object.hasOwn(expected.packages, label) && expected.packages[label] !== integrity ? [label] : []
  );
  if (added.length + removed.length + changed.length > 0) {
    throw lockFailure({ added, removed, changed });
  }
}
