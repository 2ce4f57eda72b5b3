import { defaultExport, exportScopes } from "./export_scopes.ts";
import { type FactoryGuess, guessFactory, isLikelyProvider } from "./factory_rule.ts";
import type { FindContext } from "./find_context.ts";
import { asTool, type FoundTool, functionTool } from "./found_tool.ts";
import { openFactory } from "./open_factory.ts";
import {
  append,
  isObjectLike,
  MapCtor,
  mapGet,
  mapSet,
  objectKeys,
  regExpExec,
  safeGet,
} from "./primordials.ts";
import { type AnyFunction, isClass, isFunction } from "./recognise_tool.ts";
import { isForbiddenKey, type Member, membersOf } from "./tool_members.ts";

/** Everything that a module offers. */
export interface ExportWalk {
  readonly tools: readonly FoundTool[];
  /** Exports that are no tools and hold none. */
  readonly others: readonly string[];
  /** About the export or tool of that name. */
  readonly remarks: readonly { readonly name: string; readonly text: string }[];
}

/** Which factories a walk may call (see `factory_rule.ts`). */
export interface WalkOptions extends FindContext {
  readonly factories: "likely" | "sure";
}

/** More than this a package does not offer. */
const MAX_TOOLS = 512;
/** Levels of containers below an export. */
const MAX_DEPTH = 3;
/** Objects of which plain functions count as tools too. */
const TOOLS_NAME = /tools?$/i;

/** Lists the tools of a loaded module, each once per export that leads to it. */
export async function walkExports(namespace: object, options: WalkOptions): Promise<ExportWalk> {
  const walker = new Walker(namespace, options);
  const scopes = exportScopes(namespace);
  await walker.named();
  const inner = defaultExport(scopes);
  if (inner !== undefined) await walker.default(inner);
  return {
    __proto__: null,
    tools: walker.tools,
    others: walker.others,
    remarks: walker.remarks,
  } as ExportWalk;
}

class Walker {
  readonly tools: FoundTool[] = [];
  readonly others: string[] = [];
  readonly remarks: { name: string; text: string }[] = [];
  readonly #namespace: object;
  readonly #options: WalkOptions;
  /** Value → name under which it is listed already. */
  readonly #seen = new MapCtor<unknown, string>();

  constructor(namespace: object, options: WalkOptions) {
    this.#namespace = namespace;
    this.#options = options;
  }

  async named(): Promise<void> {
    const keys = objectKeys(this.#namespace);
    for (let index = 0; index < keys.length; index++) {
      const name = keys[index]!;
      if (name === "default" || isForbiddenKey(name)) continue;
      await this.#export(name, safeGet(this.#namespace, name));
    }
  }

  /** A default export that is a tool or a function; the names on it count as exports. */
  async default(value: object): Promise<void> {
    if (mapGet(this.#seen, value) !== undefined) return;
    const before = this.tools.length;
    const isPlainFunction = isFunction(value) && asTool(value, { name: "default" }) === null;
    if (isFunction(value) || asTool(value, { name: "default" }) !== null) {
      await this.#export("default", value);
    }
    if (!isPlainFunction && this.tools.length > before) return;
    const members = membersOf(value);
    for (let index = 0; index < members.length; index++) {
      const { key, value: item } = members[index]!;
      if (key === "default" || mapGet(this.#seen, item) !== undefined) continue;
      // A CommonJS name that the bundler re-exported stands in the namespace already.
      if (safeGet(this.#namespace, key) !== undefined) continue;
      await this.#export(key, item, isFunction(value) || isFunction(item) ? value : undefined);
    }
  }

  async #export(name: string, value: unknown, receiver?: object): Promise<void> {
    const listed = isObjectLike(value) ? mapGet(this.#seen, value) : undefined;
    const before = this.tools.length;
    if (listed !== undefined) this.#alias(name, value, listed);
    else await this.#visit({ key: name, value }, { name, depth: 0, receiver });
    if (this.tools.length === before) append(this.others, name);
  }

  #alias(name: string, value: unknown, listed: string): void {
    for (let index = 0; index < this.tools.length; index++) {
      const tool = this.tools[index]!;
      if (tool.name !== listed || tool.value !== value) continue;
      this.#add({ __proto__: null, ...tool, name } as FoundTool);
      append(this.remarks, { name, text: `the same tool as ${listed}` });
      return;
    }
  }

  async #visit(member: Member, at: Place): Promise<void> {
    const { value } = member;
    if (!isObjectLike(value) || mapGet(this.#seen, value) !== undefined) return;
    mapSet(this.#seen, value, at.name);
    const tool = asTool(value, at);
    if (tool !== null) return this.#add(tool);
    if (isFunction(value)) return await this.#function(value, member.key, at);
    await this.#members(value, at);
  }

  async #function(value: AnyFunction, key: string, at: Place): Promise<void> {
    if (isClass(value)) {
      await this.#members(value, at);
      if (at.depth === 0 && isLikelyProvider(key)) await this.#open(value, at, { guess: "sure" });
      return;
    }
    // What lies deeper in objects that are not about tools is their own affair.
    if (at.depth > 0 && !at.listsFunctions) return;
    const guess = guessFactory(value, key);
    const opens = guess === "sure" || (guess === "likely" && this.#options.factories === "likely");
    if (opens && await this.#open(value, at, { guess })) return;
    const shape = at.depth > 0 ? "method" : at.shape;
    this.#add(functionTool(value, { ...at, shape }));
  }

  /** @returns whether tools came of it. */
  async #open(
    factory: AnyFunction,
    at: Place,
    { guess }: { guess: FactoryGuess },
  ): Promise<boolean> {
    const { made, opened, failure } = await openFactory(factory, this.#options);
    if (!opened) {
      if (failure !== null && guess === "sure") {
        append(this.remarks, {
          name: at.name,
          text: `looks like a factory, but it failed: ${failure}`,
        });
      }
      return false;
    }
    const inside: Place = { ...at, shape: isClass(factory) ? "method" : "factory" };
    const tool = asTool(made, inside);
    if (tool !== null) this.#add(tool);
    else if (isObjectLike(made)) await this.#members(made, inside);
    return true;
  }

  async #members(container: object, at: Place): Promise<void> {
    if (at.depth === MAX_DEPTH) return;
    const members = membersOf(container);
    const listsFunctions = regExpExec(TOOLS_NAME, at.name) !== null && !isFunction(container);
    for (let index = 0; index < members.length; index++) {
      const member = members[index]!;
      const name = `${at.name}.${member.key}`;
      await this.#visit(member, {
        name,
        depth: at.depth + 1,
        shape: at.shape,
        receiver: container,
        listsFunctions,
      });
    }
  }

  #add(tool: FoundTool): void {
    if (this.tools.length < MAX_TOOLS) append(this.tools, tool);
  }
}

interface Place {
  readonly name: string;
  readonly depth: number;
  readonly shape?: FoundTool["shape"];
  readonly receiver?: object;
  readonly listsFunctions?: boolean;
}
