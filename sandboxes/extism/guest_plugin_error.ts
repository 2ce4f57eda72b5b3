/** What a plug-in is refused or ended for: its `name` says which, its message is for its caller. */
export class PluginError extends Error {
  override readonly name: "PluginRefused" | "PluginFailed" | "PluginLimit";

  constructor(name: "PluginRefused" | "PluginFailed" | "PluginLimit", message: string) {
    super(message);
    this.name = name;
    // A trace would show Airlock's own frames, which tell the plug-in's caller nothing.
    this.stack = undefined;
  }
}

/** The module is not one that may run here. */
export function refused(what: string, state: string): PluginError {
  return new PluginError("PluginRefused", `Reading ${what}: ${state}`);
}
