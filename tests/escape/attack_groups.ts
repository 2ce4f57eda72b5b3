import type { Attack } from "./attack.ts";
import { IMPORT_ATTACKS } from "./attacks/import_attacks.ts";
import { PROC_ATTACKS } from "./attacks/proc_attacks.ts";
import { PROCESS_ATTACKS } from "./attacks/process_attacks.ts";
import { READ_ATTACKS } from "./attacks/read_attacks.ts";
import { SOCKET_ATTACKS } from "./attacks/socket_attacks.ts";
import { SYSTEM_ATTACKS } from "./attacks/system_attacks.ts";
import { WRITE_ATTACKS } from "./attacks/write_attacks.ts";

/** Every attack on a sandbox, by what it aims at. */
export const ATTACK_GROUPS: readonly {
  readonly group: string;
  readonly attacks: readonly Attack[];
}[] = [
  { group: "reading files", attacks: READ_ATTACKS },
  { group: "writing files", attacks: WRITE_ATTACKS },
  { group: "kernel file systems", attacks: PROC_ATTACKS },
  { group: "imports", attacks: IMPORT_ATTACKS },
  { group: "processes", attacks: PROCESS_ATTACKS },
  { group: "sockets", attacks: SOCKET_ATTACKS },
  { group: "system", attacks: SYSTEM_ATTACKS },
];
