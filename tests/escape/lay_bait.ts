import { DatabaseSync } from "node:sqlite";
import os from "node:os";
import { join } from "node:path";
import type { Bait } from "./attack.ts";
import type { Targets } from "./targets.ts";

/** Puts everything that attacks aim at into `directory`, each piece holding `marker`. */
export async function layBait(
  directory: string,
  { marker, targets }: { readonly marker: string; readonly targets: Targets },
): Promise<Bait> {
  const at = (name: string) => join(directory, name);
  await Deno.mkdir(at("run/neighbour/code"), { recursive: true });
  await Promise.all([
    Deno.writeTextFile(at("secret.txt"), marker),
    Deno.writeTextFile(at("secret.mjs"), `export default ${JSON.stringify(marker)};`),
    Deno.writeTextFile(at("secret.json"), JSON.stringify({ marker })),
    Deno.writeTextFile(at("secret.env"), `STOLEN=${marker}\n`),
    Deno.writeTextFile(at("run/neighbour/code/bundle.mjs"), `export default "${marker}";`),
  ]);
  using database = new DatabaseSync(at("secret.sqlite"));
  database.exec(`CREATE TABLE t (marker TEXT); INSERT INTO t VALUES ('${marker}')`);
  return {
    directory,
    secret: at("secret.txt"),
    module: at("secret.mjs"),
    json: at("secret.json"),
    dotenv: at("secret.env"),
    sqlite: at("secret.sqlite"),
    target: at("written"),
    neighbour: at("run/neighbour/code/bundle.mjs"),
    socket: at("socket"),
    pid: Deno.pid,
    victim: targets.victim,
    port: targets.port,
    udp: targets.udp,
    deno: Deno.execPath(),
    machine: machineFacts(),
  };
}

function machineFacts(): Bait["machine"] {
  const { username, homedir, uid } = os.userInfo();
  const interfaces = Object.values(os.networkInterfaces()).flatMap((list) => list ?? []);
  return {
    hostname: os.hostname(),
    addresses: interfaces.map(({ address }) => address),
    cpu: os.cpus()[0]!.model,
    user: username,
    uid,
    home: homedir ?? "",
    totalmem: os.totalmem(),
    release: os.release(),
    version: os.version(),
  };
}
