import { dirname } from "node:path";

/**
 * Has the bridge of this user for this process, until disposed or until the process ends, however it
 * does. @returns `null` where another process has it.
 */
export async function lockBridge(path: string): Promise<Disposable | null> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await Deno.open(path, { create: true, read: true, write: true, mode: 0o600 });
  if (file.tryLockSync(true)) return file;
  file.close();
  return null;
}
