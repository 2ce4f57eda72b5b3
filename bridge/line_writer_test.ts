import assert from "node:assert/strict";
import { LineWriter } from "./line_writer.ts";

function fakePipe(write: () => Promise<void> = () => Promise.resolve()) {
  const written: string[] = [];
  const stream = new WritableStream<Uint8Array<ArrayBuffer>>({
    async write(bytes) {
      written.push(new TextDecoder().decode(bytes));
      await write();
    },
  });
  return { written, writer: new LineWriter(stream.getWriter()) };
}

Deno.test("LineWriter writes together what comes together, in order", async () => {
  const { written, writer } = fakePipe();
  await Promise.all([writer.write("1\n"), writer.write("2\n"), writer.write("3\n")]);
  assert.deepEqual(written, ["1\n2\n3\n"]);
  const long = `${"x".repeat(1024 * 1024)}\n`;
  await Promise.all([writer.write("4\n"), writer.write(long), writer.write("5\n")]);
  assert.deepEqual(written.slice(1), ["4\n", long, "5\n"]);
  await writer.close();
});

Deno.test("LineWriter leaves no line behind that comes as the one before is done", async () => {
  for (let steps = 0; steps < 20; steps++) {
    let isLater = false;
    const pipe = fakePipe(() => {
      if (!isLater) void later();
      isLater = true;
      return Promise.resolve();
    });
    const later = async () => {
      for (let step = 0; step < steps; step++) await Promise.resolve();
      await pipe.writer.write("second\n");
    };
    await pipe.writer.write("first\n");
    await new Promise((resolve) => setTimeout(resolve, 2));
    assert.equal(pipe.written.join(""), "first\nsecond\n", `after ${steps} steps`);
    await pipe.writer.close();
  }
});

Deno.test("LineWriter tells everybody whose line could not be written", async () => {
  const { writer } = fakePipe(() => Promise.reject(new Error("broken pipe")));
  const told = await Promise.allSettled([writer.write("1\n"), writer.write("2\n")]);
  assert.deepEqual(told.map(({ status }) => status), ["rejected", "rejected"]);
  await assert.rejects(writer.write("3\n"));
});
