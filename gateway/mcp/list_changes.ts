/** Passes on which collections are otherwise, to whoever serves them by then. */
export class ListChanges {
  /** Set by who tells clients. */
  onChanged: (collectionId: string) => void = () => {};

  /** Says that what a collection offers has changed, here or on another node. */
  tell(collectionId: string): void {
    this.onChanged(collectionId);
  }
}
