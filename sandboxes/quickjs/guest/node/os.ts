// style-ok jsdoc: each export is the member of node:os that its name says.
/** `node:os` of a machine that says nothing about the real one. */

const MIB = 1024 * 1024;

export const EOL = "\n";
export const devNull = "/dev/null";
export const constants = { signals: {}, errno: {}, priority: {} };
export const arch = (): string => "x64";
export const availableParallelism = (): number => 1;
export const cpus = (): object[] => [{
  model: "sandbox",
  speed: 0,
  times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 },
}];
export const endianness = (): string => "LE";
export const freemem = (): number => 128 * MIB;
export const getPriority = (): number => 0;
export const homedir = (): string => "/nonexistent";
export const hostname = (): string => "sandbox";
export const loadavg = (): number[] => [0, 0, 0];
export const machine = (): string => "x86_64";
export const networkInterfaces = (): object => ({});
export const platform = (): string => "linux";
export const release = (): string => "0.0.0";
export const tmpdir = (): string => "/tmp";
export const totalmem = (): number => 256 * MIB;
export const type = (): string => "Linux";
export const uptime = (): number => 0;
export const userInfo = (): object => ({
  uid: -1,
  gid: -1,
  username: "sandbox",
  homedir: "/nonexistent",
  shell: null,
});
export const version = (): string => "sandbox";

export default {
  EOL,
  arch,
  availableParallelism,
  constants,
  cpus,
  devNull,
  endianness,
  freemem,
  getPriority,
  homedir,
  hostname,
  loadavg,
  machine,
  networkInterfaces,
  platform,
  release,
  tmpdir,
  totalmem,
  type,
  uptime,
  userInfo,
  version,
};
