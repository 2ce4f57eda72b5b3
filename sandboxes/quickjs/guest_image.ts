import { QuickJS, type Snapshot } from "quickjs-wasi";
import type { ImageFacts } from "./guest_call_begin.ts";

/** A module, loaded: what every call of it begins from. */
export interface GuestImage {
  readonly snapshot: Snapshot;
  /** Where the prelude is found in the snapshot. */
  readonly deliverToken: number;
  readonly facts: ImageFacts;
}

type Header = Omit<GuestImage, "snapshot">;

const LENGTH_BYTES = 4;

/** One file: length of the header (`u32`, little endian), the header as JSON, the snapshot. */
export function encodeImage({ snapshot, ...header }: GuestImage): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(JSON.stringify(header));
  const body = QuickJS.serializeSnapshot(snapshot);
  const image = new Uint8Array(LENGTH_BYTES + head.byteLength + body.byteLength);
  new DataView(image.buffer).setUint32(0, head.byteLength, true);
  image.set(head, LENGTH_BYTES);
  image.set(body, LENGTH_BYTES + head.byteLength);
  return image;
}

/** @throws {Error} when `image` is none; its digest is to be checked before. */
export function decodeImage(image: Uint8Array<ArrayBuffer>): GuestImage {
  const headBytes = new DataView(image.buffer, image.byteOffset).getUint32(0, true);
  const head = image.subarray(LENGTH_BYTES, LENGTH_BYTES + headBytes);
  const header: Header = JSON.parse(new TextDecoder().decode(head));
  const snapshot = QuickJS.deserializeSnapshot(image.subarray(LENGTH_BYTES + headBytes));
  return { ...header, snapshot };
}
