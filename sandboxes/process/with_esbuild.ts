import { build, stop } from "esbuild";

// style-ok module-state: esbuild keeps one child for the whole process, so its users are counted here.
const users = { count: 0 };

/**
 * Runs `work` with esbuild's `build`. Its child process (200 MB after a build) lives as long as
 * anybody works with it, and ends with the last.
 */
export async function withEsbuild<T>(work: (run: typeof build) => Promise<T>): Promise<T> {
  users.count += 1;
  try {
    return await work(build);
  } finally {
    users.count -= 1;
    if (users.count === 0) await stop();
  }
}
