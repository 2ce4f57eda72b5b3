import { AirlockError } from "../../spec/errors.ts";
import { artifactFailure } from "./artifact_failure.ts";
import type { TarballSize } from "./inspect_tarball.ts";
import type { NpmLimits } from "./npm_limits.ts";

/** What is left of the limits of one tree while it is being installed. */
export class TreeBudget {
  readonly #limits: NpmLimits;
  readonly #packages = new Set<string>();
  #packuments = 0;
  #files = 0;
  #unpackedBytes = 0;

  constructor(limits: NpmLimits) {
    this.#limits = limits;
  }

  /** Counts a packument asked for. @throws {AirlockError} `artifact_failed` */
  addPackument(): void {
    // Resolution also asks about packages that it then does not use.
    if (++this.#packuments > 2 * this.#limits.treePackages) throw this.#tooMany();
  }

  /** Counts a package to be unpacked. @throws {AirlockError} `artifact_failed` */
  addPackage(nameAtVersion: string): void {
    this.#packages.add(nameAtVersion);
    if (this.#packages.size > this.#limits.treePackages) throw this.#tooMany();
  }

  /** Counts an inspected tarball. @throws {AirlockError} `artifact_failed` */
  addTarball({ unpackedBytes, files }: TarballSize): void {
    this.#unpackedBytes += unpackedBytes;
    this.#files += files;
    if (this.#unpackedBytes > this.#limits.treeBytes || this.#files > this.#limits.treeFiles) {
      throw exceeded("too much to unpack", {
        limitBytes: this.#limits.treeBytes,
        limitFiles: this.#limits.treeFiles,
      });
    }
  }

  /** @throws {AirlockError} `artifact_failed` when more than allowed was received. */
  checkDownloaded(bytes: number): void {
    if (bytes > this.#limits.downloadBytes) {
      throw exceeded("too much to download", { limitBytes: this.#limits.downloadBytes });
    }
  }

  #tooMany(): AirlockError {
    return exceeded("too many packages", { limit: this.#limits.treePackages });
  }
}

function exceeded(what: string, details: Readonly<Record<string, unknown>>): AirlockError {
  return artifactFailure("install", `install dependencies: ${what}`, {
    suggestion: "Use a package with fewer dependencies, or raise the limits of the npm source.",
    details,
  });
}
