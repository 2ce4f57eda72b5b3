// style-ok jsdoc: each export is the member of node:diagnostics_channel that its name says.
/** `node:diagnostics_channel`, without stores: there is nothing that follows a call through time. */
type Listener = (message: unknown, name: string | symbol) => void;

export class Channel {
  #listeners: readonly Listener[] = [];

  constructor(readonly name: string | symbol) {}

  get hasSubscribers(): boolean {
    return this.#listeners.length > 0;
  }

  subscribe(listener: Listener): void {
    this.#listeners = [...this.#listeners, listener];
  }

  unsubscribe(listener: Listener): boolean {
    const kept = this.#listeners.filter((known) => known !== listener);
    const wasThere = kept.length < this.#listeners.length;
    this.#listeners = kept;
    return wasThere;
  }

  publish(message: unknown): void {
    for (const listener of this.#listeners) listener(message, this.name);
  }
}

const channels = new Map<string | symbol, Channel>();

export function channel(name: string | symbol): Channel {
  const known = channels.get(name) ?? new Channel(name);
  channels.set(name, known);
  return known;
}

export function hasSubscribers(name: string | symbol): boolean {
  return channels.get(name)?.hasSubscribers ?? false;
}

export function subscribe(name: string | symbol, listener: Listener): void {
  channel(name).subscribe(listener);
}

export function unsubscribe(name: string | symbol, listener: Listener): boolean {
  return channel(name).unsubscribe(listener);
}

const EVENTS = ["start", "end", "asyncStart", "asyncEnd", "error"] as const;

export function tracingChannel(name: string): object {
  const all = Object.fromEntries(
    EVENTS.map((event) => [event, channel(`tracing:${name}:${event}`)]),
  );
  const run = (
    work: (...args: unknown[]) => unknown,
    ...[context = {}, self, ...args]: [object?, unknown?, ...unknown[]]
  ) => {
    all.start!.publish(context);
    try {
      return Reflect.apply(work, self, args);
    } catch (error) {
      all.error!.publish({ ...context, error });
      throw error;
    } finally {
      all.end!.publish(context);
    }
  };
  return {
    ...all,
    get hasSubscribers() {
      return EVENTS.some((event) => all[event]!.hasSubscribers);
    },
    ...{ traceSync: run, tracePromise: run, traceCallback: run },
  };
}

export default { Channel, channel, hasSubscribers, subscribe, tracingChannel, unsubscribe };
