import { FakeNpmRegistry } from "../../tests/support/fake_npm_registry.ts";

/** A real package that does real work: about 0.15 ms of parsing and formatting. */
export const HTML_CALL = JSON.stringify({
  packageName: "@tpmjs/tools-html-to-markdown",
  version: "0.1.0",
  name: "htmlToMarkdownTool",
  params: {
    html: `<h1>Hello</h1><p>World <b>bold</b> <a href="http://example.com">link</a></p>` +
      "<ul><li>one</li><li>two</li></ul>",
  },
});

/** A tool that does nothing: what remains is the way there and back. */
export const ECHO_CALL = JSON.stringify({
  packageName: "bench-echo",
  version: "1.0.0",
  name: "echo",
  params: { text: "hello", list: [1, 2, 3] },
});

/** A registry on loopback with the package of {@linkcode ECHO_CALL}. */
export async function openEchoRegistry(): Promise<FakeNpmRegistry> {
  const registry = await FakeNpmRegistry.start();
  await registry.publish({
    name: "bench-echo",
    version: "1.0.0",
    packageJson: { type: "module", exports: "./index.js" },
    files: { "index.js": "export function echo(params) { return params; }\n" },
  });
  return registry;
}
