/** Programs that show a page, by system. */
const OPENERS: Readonly<Partial<Record<typeof Deno.build.os, readonly string[]>>> = {
  darwin: ["open"],
  linux: ["xdg-open"],
  windows: ["rundll32", "url.dll,FileProtocolHandler"],
};

/**
 * Shows a page in the browser of whoever is here. @returns Whether there is something that does;
 * whether somebody sees it is not known.
 */
export function openPage(url: string, environment: Readonly<Record<string, string | undefined>>) {
  const { protocol, href } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:") return false;
  const hasScreen = Deno.build.os !== "linux" ||
    Boolean(environment.DISPLAY ?? environment.WAYLAND_DISPLAY);
  const [program, ...args] = OPENERS[Deno.build.os] ?? [];
  if (!hasScreen || program === undefined) return false;
  try {
    const child = new Deno.Command(program, {
      args: [...args, href],
      ...{ stdin: "null", stdout: "null", stderr: "null", detached: true },
    }).spawn();
    // It may go on for as long as the browser does.
    child.unref();
    return true;
  } catch {
    // The program is not there: the address is shown as well.
    return false;
  }
}
