/** Bounds on what one resolve or fetch of an npm package may use. */
export interface NpmLimits {
  /** One packument, decompressed. */
  readonly packumentBytes: number;
  /** One compressed tarball. */
  readonly tarballBytes: number;
  /** One tarball, unpacked: file bodies and tar headers together. */
  readonly packageBytes: number;
  /** Entries of one tarball. */
  readonly packageFiles: number;
  /** UTF-8 bytes of one path inside a tarball. */
  readonly pathBytes: number;
  /** Packages in one installed tree. */
  readonly treePackages: number;
  /** All tarballs of one tree, unpacked. */
  readonly treeBytes: number;
  /** Entries of all tarballs of one tree. */
  readonly treeFiles: number;
  /** Bytes received from registries for one tree. */
  readonly downloadBytes: number;
  /** One HTTP request, from sending to the last byte. */
  readonly requestTimeoutMs: number;
  /** The longest silence inside one HTTP response. */
  readonly idleTimeoutMs: number;
  /** One whole installation. */
  readonly installTimeoutMs: number;
  /** Data segment of the installing process, where `prlimit` exists. Common trees need under 64 MiB. */
  readonly installMemoryBytes: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** Generous for real packages, small enough that one request cannot fill a disk. */
export const DEFAULT_NPM_LIMITS: NpmLimits = {
  packumentBytes: 64 * MIB,
  tarballBytes: 64 * MIB,
  packageBytes: 512 * MIB,
  packageFiles: 50_000,
  pathBytes: 512,
  treePackages: 1_000,
  treeBytes: 1024 * MIB,
  treeFiles: 200_000,
  downloadBytes: 512 * MIB,
  requestTimeoutMs: 60_000,
  idleTimeoutMs: 15_000,
  installTimeoutMs: 180_000,
  installMemoryBytes: 1024 * MIB,
};
