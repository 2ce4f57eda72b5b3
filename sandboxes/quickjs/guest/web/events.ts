// style-ok parameters: the signatures are those of the DOM Standard.
// style-ok jsdoc: each export is the interface of the DOM Standard that its name says.
/** `Event`, `CustomEvent` and `EventTarget` of the DOM Standard, without trees of targets. */

interface Listener {
  readonly callback: EventListenerOrEventListenerObject;
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
}

type ListenerOptions = boolean | AddEventListenerOptions | undefined;

export class GuestEvent {
  static readonly NONE = 0;
  static readonly CAPTURING_PHASE = 1;
  static readonly AT_TARGET = 2;
  static readonly BUBBLING_PHASE = 3;
  readonly type: string;
  readonly bubbles: boolean;
  readonly cancelable: boolean;
  readonly composed: boolean;
  readonly isTrusted = false;
  eventPhase = 0;
  readonly timeStamp: number = performance.now();
  target: object | null = null;
  currentTarget: object | null = null;
  defaultPrevented = false;
  cancelBubble = false;
  #isStopped = false;
  #isPassive = false;

  constructor(type: string, init: EventInit = {}) {
    if (arguments.length === 0) throw new TypeError("Event: its type is needed");
    this.type = String(type);
    this.bubbles = init.bubbles === true;
    this.cancelable = init.cancelable === true;
    this.composed = init.composed === true;
  }

  preventDefault(): void {
    if (this.cancelable && !this.#isPassive) this.defaultPrevented = true;
  }

  get returnValue(): boolean {
    return !this.defaultPrevented;
  }

  get srcElement(): object | null {
    return this.target;
  }

  stopPropagation(): void {
    this.cancelBubble = true;
  }

  stopImmediatePropagation(): void {
    this.cancelBubble = true;
    this.#isStopped = true;
  }

  get [Symbol.toStringTag](): string {
    return "Event";
  }

  /** Whether no further listener is to hear of it; the next one cannot prevent it where `passive`. */
  static goesOn(event: GuestEvent, passive: boolean): boolean {
    event.#isPassive = passive;
    return !event.#isStopped;
  }

  composedPath(): object[] {
    return this.currentTarget === null ? [] : [this.currentTarget];
  }
}

const { goesOn } = GuestEvent;
// Not part of the standard: only targets may.
Reflect.deleteProperty(GuestEvent, "goesOn");

export class GuestCustomEvent extends GuestEvent {
  readonly detail: unknown;

  constructor(type: string, init: CustomEventInit = {}) {
    super(type, init);
    this.detail = init.detail ?? null;
  }

  override get [Symbol.toStringTag](): string {
    return "CustomEvent";
  }
}

export class GuestEventTarget {
  readonly #listeners = new Map<string, Listener[]>();

  addEventListener(
    type: string,
    callback: EventListenerOrEventListenerObject | null,
    options?: ListenerOptions,
  ): void {
    const { once = false, passive = false, signal } = typeof options === "object" ? options : {};
    if (callback === null || signal?.aborted) return;
    const capture = capturesBy(options);
    const list = this.#listeners.get(type) ?? [];
    if (list.some((known) => known.callback === callback && known.capture === capture)) return;
    this.#listeners.set(type, [...list, { callback, capture, once, passive }]);
    signal?.addEventListener("abort", () => this.removeEventListener(type, callback, options));
  }

  removeEventListener(
    type: string,
    callback: EventListenerOrEventListenerObject | null,
    options?: ListenerOptions,
  ): void {
    const capture = capturesBy(options);
    const kept = this.#listeners.get(type)?.filter((known) =>
      known.callback !== callback || known.capture !== capture
    );
    if (kept !== undefined) this.#listeners.set(type, kept);
  }

  dispatchEvent(event: GuestEvent): boolean {
    if (!(event instanceof GuestEvent)) throw new TypeError("dispatchEvent: it is not an Event");
    event.target = this;
    event.currentTarget = this;
    event.eventPhase = GuestEvent.AT_TARGET;
    for (const { callback, capture, once, passive } of this.#listeners.get(event.type) ?? []) {
      if (!goesOn(event, passive)) break;
      if (once) this.removeEventListener(event.type, callback, capture);
      try {
        if (typeof callback === "function") Reflect.apply(callback, this, [event]);
        else Reflect.apply(callback.handleEvent, callback, [event]);
      } catch (error) {
        // One listener must not keep the others from hearing; its error is nobody's to catch.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    goesOn(event, false);
    event.currentTarget = null;
    event.eventPhase = GuestEvent.NONE;
    return !event.defaultPrevented;
  }

  get [Symbol.toStringTag](): string {
    return "EventTarget";
  }
}

function capturesBy(options: ListenerOptions): boolean {
  return typeof options === "object" ? options.capture === true : options === true;
}
