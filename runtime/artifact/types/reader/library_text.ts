/** Types of the language and its platform that no JSON value is an instance of. */
const FOREIGN_TYPES: readonly string[] = [
  ...["Date", "RegExp", "Error", "Map", "Set", "WeakMap", "WeakSet", "Promise", "PromiseLike"],
  ...["ArrayBuffer", "SharedArrayBuffer", "DataView", "Uint8Array", "Int8Array", "Uint16Array"],
  ...["Int16Array", "Uint32Array", "Int32Array", "Float32Array", "Float64Array"],
  ...["Uint8ClampedArray", "BigInt64Array", "BigUint64Array", "ArrayBufferLike", "Buffer"],
  ...["URL", "URLSearchParams", "Blob", "File", "FormData", "Headers", "Request", "Response"],
  ...["ReadableStream", "WritableStream", "TransformStream", "AbortSignal", "AbortController"],
  ...["Iterator", "Iterable", "AsyncIterable", "AsyncIterator", "Generator", "AsyncGenerator"],
  ...["Function", "CallableFunction", "NewableFunction", "Symbol", "WeakRef", "Proxy"],
  ...["Element", "HTMLElement", "Node", "Document", "Window", "Event", "EventTarget"],
];

const GENERIC: Readonly<Record<string, string>> = {
  Map: "<K, V>",
  WeakMap: "<K, V>",
  Set: "<T>",
  WeakSet: "<T>",
  WeakRef: "<T>",
  Promise: "<T>",
  PromiseLike: "<T>",
  ReadableStream: "<T = any>",
  WritableStream: "<T = any>",
  TransformStream: "<I = any, O = any>",
  Uint8Array: "<T = any>",
  Iterator: "<T, R = any, N = any>",
  Iterable: "<T, R = any, N = any>",
  AsyncIterable: "<T, R = any, N = any>",
  AsyncIterator: "<T, R = any, N = any>",
  Generator: "<T = any, R = any, N = any>",
  AsyncGenerator: "<T = any, R = any, N = any>",
};

/**
 * The part of TypeScript's library that signatures are made of, written for this purpose: the
 * utility types, and the platform's types as marks without members.
 */
export function libraryText(): string {
  const marks = FOREIGN_TYPES.map((name) =>
    `interface ${name}${GENERIC[name] ?? ""} { readonly __foreign: "${name}" }`
  );
  return `${LANGUAGE}\n${marks.join("\n")}`;
}

const LANGUAGE = `
interface Object {}
interface IArguments {}
interface String { readonly length: number }
interface Number {}
interface Boolean {}
interface BigInt {}
interface Array<T> { length: number; [n: number]: T }
interface ReadonlyArray<T> { readonly length: number; readonly [n: number]: T }
interface ArrayLike<T> { readonly length: number; readonly [n: number]: T }
interface TemplateStringsArray extends ReadonlyArray<string> {}
type PropertyKey = string | number | symbol;
type Partial<T> = { [P in keyof T]?: T[P] };
type Required<T> = { [P in keyof T]-?: T[P] };
type Readonly<T> = { readonly [P in keyof T]: T[P] };
type Pick<T, K extends keyof T> = { [P in K]: T[P] };
type Record<K extends keyof any, T> = { [P in K]: T };
type Exclude<T, U> = T extends U ? never : T;
type Extract<T, U> = T extends U ? T : never;
type Omit<T, K extends keyof any> = Pick<T, Exclude<keyof T, K>>;
type NonNullable<T> = T & {};
type Parameters<T extends (...args: any) => any> = T extends (...args: infer P) => any ? P : never;
type ReturnType<T extends (...args: any) => any> = T extends (...args: any) => infer R ? R : any;
type Awaited<T> = T extends PromiseLike<infer U> ? Awaited<U> : T;
type NoInfer<T> = T;
type Uppercase<S extends string> = intrinsic;
type Lowercase<S extends string> = intrinsic;
type Capitalize<S extends string> = intrinsic;
type Uncapitalize<S extends string> = intrinsic;
interface ThisType<T> {}
declare namespace NodeJS {
  interface ReadableStream { readonly __foreign: "Stream" }
  interface WritableStream { readonly __foreign: "Stream" }
  interface ReadWriteStream { readonly __foreign: "Stream" }
  interface ArrayBufferView { readonly __foreign: "ArrayBufferView" }
  interface ProcessEnv { [name: string]: string | undefined }
}
type BufferSource = ArrayBuffer | DataView;
`;
