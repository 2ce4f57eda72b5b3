/** Bounds the work of one validation, which nothing can interrupt from outside. */
export class WorkBudget {
  #left = 0;

  /** Begins a validation that may do `units` of work. */
  begin(units: number): void {
    this.#left = units;
  }

  /** @throws {WorkBudgetExceeded} when too much has been done. */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new WorkBudgetExceeded();
  }
}

/** A validation would have taken too long. */
export class WorkBudgetExceeded extends Error {
  override readonly name = "WorkBudgetExceeded";

  constructor() {
    super("check parameters: the schema asks for too much work");
  }
}
