/** What `start` is told. */
export interface StartFlags {
  readonly verbose?: true;
  readonly daemon?: true;
  /** It is what `--daemon` has started. */
  readonly background?: true;
}

/** How `--daemon` tells what it starts. */
export const BACKGROUND_FLAG = "--background";
