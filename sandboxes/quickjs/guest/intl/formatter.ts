import { askIntl, localesOf } from "./ask_intl.ts";

/** What a formatter was made with. */
interface Settings {
  readonly locales: unknown;
  readonly options: unknown;
  readonly resolved: object;
}

/** How a formatter of `Intl` looks. */
export interface FormatterShape {
  readonly methods: readonly string[];
  /** A method that is read as a function bound to its formatter. */
  readonly bound?: string;
  /** Whether it is made without `new` as well. */
  readonly isCallable: boolean;
  /** Runs the bound method, where there is a shorter way than to ask. */
  readonly run?: (locales: unknown, options: unknown) => (...args: unknown[]) => unknown;
  /** Makes an argument what the other side understands. */
  readonly argument?: (value: unknown) => unknown;
}

const settings = new WeakMap<object, Settings>();

/** The constructor `Intl[kind]`: an object of settings whose methods are answered outside. */
export function createFormatter(kind: string, shape: FormatterShape): object {
  const { methods, bound, isCallable, argument = (value: unknown) => value } = shape;
  const constructor = function (this: object, locales?: unknown, options?: unknown): object {
    if (!isCallable && new.target === undefined) {
      throw new TypeError(`Constructor Intl.${kind} requires 'new'`);
    }
    const self = new.target === undefined ? Object.create(constructor.prototype) : this;
    const given = { locales: localesOf(locales), options: optionsOf(options) };
    const resolved = askIntl(kind, "new", given.locales, given.options);
    settings.set(self, { ...given, resolved: Object(resolved) });
    return self;
  };
  const ask = (self: object, { name, args }: { name: string; args: readonly unknown[] }) => {
    const { locales, options } = settingsOf(self, kind);
    return askIntl(kind, name, locales, options, ...args.map((value) => argument(value)));
  };
  for (const name of methods) {
    method(constructor.prototype, name, function (this: object, ...args: unknown[]) {
      return ask(this, { name, args });
    });
  }
  if (bound !== undefined) {
    const functions = new WeakMap<object, unknown>();
    Object.defineProperty(constructor.prototype, bound, {
      get(this: object) {
        const { locales, options } = settingsOf(this, kind);
        const run = functions.get(this) ?? shape.run?.(locales, options) ??
          ((...args: unknown[]) => ask(this, { name: bound, args }));
        functions.set(this, run);
        return run;
      },
      configurable: true,
    });
  }
  method(constructor.prototype, "resolvedOptions", function (this: object) {
    return { ...settingsOf(this, kind).resolved };
  });
  return finish(constructor, kind);
}

/** Names a constructor and gives it what all of `Intl` have. */
export function finish(constructor: { readonly prototype: object }, kind: string): object {
  Object.defineProperty(constructor, "name", { value: kind, configurable: true });
  Object.defineProperty(constructor.prototype, Symbol.toStringTag, {
    value: `Intl.${kind}`,
    configurable: true,
  });
  method(
    constructor,
    "supportedLocalesOf",
    (locales: unknown, options?: unknown) =>
      askIntl(kind, "supportedLocalesOf", localesOf(locales), optionsOf(options)),
  );
  return constructor;
}

/** Adds a method as those of the standard are: not listed. */
export function method(target: object, ...[name, value]: [string, unknown]): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

function settingsOf(self: object, kind: string): Settings {
  const known = settings.get(self);
  if (known === undefined) throw new TypeError(`Receiver is not an Intl.${kind}`);
  return known;
}

function optionsOf(options: unknown): unknown {
  if (options === null) throw new TypeError("Cannot convert undefined or null to object");
  return options;
}
