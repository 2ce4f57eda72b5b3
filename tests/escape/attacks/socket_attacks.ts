import type { Attack } from "../attack.ts";

const NET = `const net = process.getBuiltinModule("node:net");`;
const opened = (socket: string, event = "connect") =>
  `return await new Promise((ok, no) => { const s = ${socket}; s.on("error", no); s.on("${event}", () => ok("reached")); });`;

/** Sockets and requests that do not go by way of the gateway. */
export const SOCKET_ATTACKS: readonly Attack[] = [
  { name: "fetch", code: "return await (await fetch(`http://127.0.0.1:${p.port}/`)).text();" },
  {
    name: "fetch with a client of its own",
    code:
      "const client = Deno.createHttpClient({}); return await (await fetch(`http://127.0.0.1:${p.port}/`, { client })).text();",
  },
  {
    name: "fetch through a proxy",
    code:
      "const client = Deno.createHttpClient({ proxy: { url: `http://127.0.0.1:${p.port}` } }); return await (await fetch('http://public.example/', { client })).text();",
  },
  {
    name: "fetch through a unix socket",
    code:
      "const client = Deno.createHttpClient({ proxy: { transport: 'unix', path: p.socket } }); return await (await fetch('http://x/', { client })).text();",
  },
  {
    name: "the native fetch of another realm",
    code:
      `return await (await process.getBuiltinModule("node:vm").runInNewContext("globalThis.fetch ?? null")("http://127.0.0.1:" + p.port)).text();`,
    harmlessWhenLoose: "new contexts have no fetch",
  },
  { name: "Deno.connect", code: "await Deno.connect({ port: p.port }); return 'reached';" },
  {
    name: "Deno.connect by name",
    code: "await Deno.connect({ hostname: 'localhost', port: p.port }); return 'reached';",
  },
  {
    name: "Deno.connect to a unix socket",
    code: "await Deno.connect({ transport: 'unix', path: p.socket }); return 'reached';",
  },
  {
    name: "Deno.connectTls",
    code: "await Deno.connectTls({ hostname: '127.0.0.1', port: p.port });",
  },
  {
    name: "Deno.startTls over nothing",
    code: "await Deno.startTls({});",
    harmlessWhenLoose: "it needs a connection",
  },
  { name: "Deno.listen", code: "return Deno.listen({ port: 0 }).addr.port;" },
  {
    name: "Deno.listen on a unix socket",
    code: "Deno.listen({ transport: 'unix', path: p.target }); return 'listening';",
  },
  {
    name: "Deno.listenDatagram",
    code: "return typeof Deno.listenDatagram({ port: 0, transport: 'udp' });",
    harmlessWhenLoose: "it is unstable",
  },
  {
    name: "Deno.serve",
    code:
      "const s = Deno.serve({ port: 0, onListen() {} }, () => new Response()); return s.addr.port;",
  },
  {
    name: "Deno.resolveDns",
    code: "return await Deno.resolveDns('localhost', 'A');",
    harmlessWhenLoose: "it asks a name server, which this machine may not have",
  },
  { name: "node:net", code: `${NET} ${opened("net.connect(p.port, '127.0.0.1')")}` },
  {
    name: "node:net with a lookup of its own",
    code: `${NET} ${
      opened(
        "net.connect({ port: p.port, host: 'public.example', lookup: (h, o, cb) => o.all ? cb(null, [{ address: '127.0.0.1', family: 4 }]) : cb(null, '127.0.0.1', 4) })",
      )
    }`,
  },
  { name: "node:net to a unix socket", code: `${NET} ${opened("net.connect(p.socket)")}` },
  {
    name: "node:net with a file descriptor",
    code: `${NET} const s = new net.Socket({ fd: 3 }); s.write("x"); return "opened";`,
    harmlessWhenLoose: "which descriptors there are is luck",
  },
  {
    name: "node:net server",
    code: `${NET} ${opened("net.createServer().listen(0)", "listening")}`,
  },
  {
    name: "node:net server on a unix socket",
    code: `${NET} ${opened("net.createServer().listen(p.target)", "listening")}`,
  },
  {
    name: "node:tls",
    code:
      `const tls = process.getBuiltinModule("node:tls"); const s = tls.connect(p.port, "127.0.0.1"); await new Promise((ok, no) => { s.on("error", no); setTimeout(ok, 500); });`,
  },
  {
    name: "node:http2",
    code: `const h = process.getBuiltinModule("node:http2"); ${
      opened("h.connect('http://127.0.0.1:' + p.port)")
    }`,
  },
  {
    name: "node:http request",
    code: `const h = process.getBuiltinModule("node:http"); ${
      opened("h.get('http://127.0.0.1:' + p.port)", "response")
    }`,
  },
  {
    name: "node:http with an agent of its own",
    code:
      `const h = process.getBuiltinModule("node:http"); const net = process.getBuiltinModule("node:net"); class A extends h.Agent { createConnection(o, cb) { return net.connect(p.port, "127.0.0.1", cb); } } ${
        opened("h.get('http://public.example/', { agent: new A() })", "response")
      }`,
  },
  {
    name: "node:http ClientRequest",
    code: `const h = process.getBuiltinModule("node:http"); ${
      opened("new h.ClientRequest('http://127.0.0.1:' + p.port).end()", "response")
    }`,
  },
  {
    name: "node:http to a unix socket",
    code: `const h = process.getBuiltinModule("node:http"); ${
      opened("h.get({ socketPath: p.socket, path: '/' })", "response")
    }`,
  },
  {
    name: "node:http server",
    code: `const h = process.getBuiltinModule("node:http"); ${
      opened("h.createServer().listen(0)", "listening")
    }`,
  },
  {
    name: "node:dgram",
    code: `const s = process.getBuiltinModule("node:dgram").createSocket("udp4");
      s.send("x", p.udp, "127.0.0.1"); await new Promise((ok, no) => { s.on("error", no); setTimeout(ok, 500); });`,
  },
  {
    name: "node:dgram bind",
    code: `const s = process.getBuiltinModule("node:dgram").createSocket("udp4"); s.bind(0);
      return await new Promise((ok, no) => {
        s.on("error", no); s.on("listening", () => ok("listening")); setTimeout(ok, 500, null); });`,
  },
  {
    name: "node:dns lookup",
    code: `return await process.getBuiltinModule("node:dns").promises.lookup("localhost");`,
  },
  {
    name: "node:dns resolve",
    code: `return await process.getBuiltinModule("node:dns").promises.resolve4("localhost");`,
    harmlessWhenLoose: "it asks a name server, which this machine may not have",
  },
  {
    name: "a name server of its own",
    code:
      `const r = new (process.getBuiltinModule("node:dns").promises.Resolver)(); r.setServers(["127.0.0.1:" + p.udp]); return await Promise.race([r.resolve4("secret.example"), new Promise((ok) => setTimeout(ok, 500, null))]);`,
  },
  {
    name: "WebSocket",
    code:
      "return await new Promise((ok, no) => { const s = new WebSocket(`ws://127.0.0.1:${p.port}`); s.onopen = () => ok('open'); s.onerror = (e) => no(new Error(e.message)); });",
  },
  {
    name: "WebSocketStream",
    code: "return await new WebSocketStream(`ws://127.0.0.1:${p.port}`).opened.then(() => 'open');",
    harmlessWhenLoose: "it is unstable",
  },
  {
    name: "EventSource",
    code:
      "const s = new EventSource(`http://127.0.0.1:${p.port}/`); await new Promise((ok) => { s.onerror = ok; }); s.close();",
  },
  {
    name: "WebTransport",
    code:
      "const t = new WebTransport(`https://127.0.0.1:${p.udp}`); await Promise.race([t.ready, new Promise((ok) => setTimeout(ok, 500))]);",
    harmlessWhenLoose: "it is unstable",
  },
  {
    name: "QUIC",
    code: "await Deno.connectQuic({ hostname: '127.0.0.1', port: p.udp });",
    harmlessWhenLoose: "it is unstable",
  },
  {
    name: "vsock",
    code: "await Deno.connect({ transport: 'vsock', cid: 2, port: 1 }); return 'reached';",
    harmlessWhenLoose: "this machine has none",
  },
  {
    name: "another broadcast channel",
    code: "new BroadcastChannel('x').postMessage('x'); return 'sent';",
  },
  { name: "GPU", code: "return (await navigator.gpu.requestAdapter())?.info?.vendor ?? 'asked';" },
  {
    name: "navigator.sendBeacon",
    code: "return navigator.sendBeacon(`http://127.0.0.1:${p.port}/`);",
    harmlessWhenLoose: "Deno does not have it",
  },
  {
    name: "WebAssembly over the network",
    code: "await WebAssembly.instantiateStreaming(fetch(`http://127.0.0.1:${p.port}/`));",
  },
  {
    name: "an audience of console messages",
    code: "console.log('%c', 'background: url(http://127.0.0.1:' + p.port + ')');",
    harmlessWhenLoose: "Deno loads nothing for them",
  },
];
