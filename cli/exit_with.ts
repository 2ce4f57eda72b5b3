/** Thrown by a command that has said all it has to say, to end with a code. */
export class ExitWith extends Error {
  override readonly name = "ExitWith";

  constructor(readonly exitCode: number) {
    super(`exit with ${exitCode}`);
  }
}
