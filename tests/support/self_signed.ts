import assert from "node:assert/strict";

/** A certificate for a name that signs itself: for tests only. */
export async function selfSigned(name: string): Promise<{ cert: string; key: string }> {
  const directory = await Deno.makeTempDir();
  try {
    const { success } = await new Deno.Command("openssl", {
      args: ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        .concat(
          ["-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", `/CN=${name}`],
          ["-addext", `subjectAltName=DNS:${name}`],
        ),
      cwd: directory,
      stderr: "null",
      stdout: "null",
    }).output();
    assert(success, "openssl made no certificate");
    const [cert, key] = await Promise.all([
      Deno.readTextFile(`${directory}/cert.pem`),
      Deno.readTextFile(`${directory}/key.pem`),
    ]);
    return { cert, key };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
