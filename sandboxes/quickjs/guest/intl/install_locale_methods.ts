import { askIntl, localesOf } from "./ask_intl.ts";
import { collate, collatorKey } from "./collate.ts";
import { compareAscii } from "./compare_ascii.ts";
import { method } from "./formatter.ts";

/** The methods of values that take a locale: the engine has them, but knows no locale. */
export function installLocaleMethods(): void {
  for (const { prototype } of [Number, BigInt]) {
    const { valueOf } = prototype;
    method(
      prototype,
      "toLocaleString",
      function (this: object, locales?: unknown, options?: unknown) {
        const value: unknown = Reflect.apply(valueOf, this, []);
        return askIntl("number", "toLocaleString", value, localesOf(locales), options);
      },
    );
  }
  const { getTime, toString, toTimeString } = Date.prototype;
  for (const name of ["toLocaleDateString", "toLocaleString", "toLocaleTimeString"]) {
    method(Date.prototype, name, function (this: Date, locales?: unknown, options?: unknown) {
      const time = Reflect.apply(getTime, this, []);
      return askIntl("date", name, time, localesOf(locales), options);
    });
  }
  // The engine leaves out the name of the zone.
  for (const [name, run] of Object.entries({ toString, toTimeString })) {
    method(Date.prototype, name, function (this: Date) {
      const text: string = Reflect.apply(run, this, []);
      return text.endsWith("GMT+0000") ? `${text} (Coordinated Universal Time)` : text;
    });
  }
  for (const name of ["toLocaleLowerCase", "toLocaleUpperCase"] as const) {
    const plain = name === "toLocaleLowerCase" ? "toLowerCase" : "toUpperCase";
    const run = String.prototype[plain];
    method(String.prototype, name, function (this: string, locales?: unknown) {
      if (locales === undefined) return Reflect.apply(run, this, []);
      return askIntl("text", name, String(this), localesOf(locales));
    });
  }
  method(
    String.prototype,
    "localeCompare",
    function (this: string, other: unknown, locales?: unknown, options?: unknown) {
      const [text, that] = [String(this), String(other)];
      const isDefault = locales === undefined && options === undefined;
      const order = isDefault ? compareAscii(text, that) : null;
      return order ?? collate(collatorKey(localesOf(locales), options), text, that);
    },
  );
}
