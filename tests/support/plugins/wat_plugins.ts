import { compileWat } from "./compile_wat.ts";

/** Extism's host functions, declared in WebAssembly's text format. */
export const EXTISM_IMPORTS = `
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "free" (func $free (param i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "load_u8" (func $load_u8 (param i64) (result i32)))
  (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
  (import "extism:host/env" "input_offset" (func $input_offset (result i64)))
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "input_load_u8" (func $input_load_u8 (param i64) (result i32)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error_set (param i64)))
  (import "extism:host/env" "config_get" (func $config_get (param i64) (result i64)))
  (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))
  (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
  (import "extism:host/env" "http_request" (func $http_request (param i64 i64) (result i64)))
  (import "extism:host/env" "http_status_code" (func $http_status_code (result i32)))
  (import "extism:host/env" "log_info" (func $log_info (param i64)))
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))`;

/** A function that puts text of the module's own memory into a block, and one that puts it out. */
const TEXT_FUNCTIONS = `
  (func $block (param $at i32) (param $length i32) (result i64)
    (local $to i64) (local $i i32)
    (local.set $to (call $alloc (i64.extend_i32_u (local.get $length))))
    (loop $next
      (if (i32.lt_u (local.get $i) (local.get $length))
        (then
          (call $store_u8 (i64.add (local.get $to) (i64.extend_i32_u (local.get $i)))
            (i32.load8_u (i32.add (local.get $at) (local.get $i))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next))))
    (local.get $to))
  (func $put (param $block i64)
    (call $output_set (local.get $block) (call $length (local.get $block))))`;

/** A plug-in with Extism's imports and `imports`, one page of memory and the given functions. */
export function extismWat(body: string, imports = ""): Promise<Uint8Array<ArrayBuffer>> {
  return compileWat(
    `(module ${EXTISM_IMPORTS} ${imports} (memory (export "memory") 1) ${TEXT_FUNCTIONS} ${body})`,
  );
}

/**
 * A plug-in that does one of each: `echo`, `setting` (reads `thing`), `count` (adds to a variable and
 * to its own memory, and puts out both as digits), `fail`, `trap`, `get` (requests what its input
 * says), `log`, `hang` (sleeps an hour), `sleep` (60 ms), `work` (300 ms of the processor), `forever`, `recurse`, `grow` (as far as it can; puts out pages / 16 as a byte).
 */
export function samplePlugin(): Promise<Uint8Array<ArrayBuffer>> {
  return extismWat(`
    (data (i32.const 0) "thing")
    (data (i32.const 16) "counter")
    (data (i32.const 32) "it went wrong")
    (data (i32.const 64) "00")
    (data (i32.const 80) "a line")
    (func (export "echo") (result i32)
      (call $output_set (call $input_offset) (call $input_length)) (i32.const 0))
    (func (export "setting") (result i32)
      (call $put (call $config_get (call $block (i32.const 0) (i32.const 5)))) (i32.const 0))
    (func (export "count") (result i32)
      (local $key i64) (local $old i64)
      (local.set $key (call $block (i32.const 16) (i32.const 7)))
      (local.set $old (call $var_get (local.get $key)))
      (if (i64.ne (local.get $old) (i64.const 0))
        (then (i32.store8 (i32.const 64) (call $load_u8 (local.get $old)))))
      (i32.store8 (i32.const 64) (i32.add (i32.load8_u (i32.const 64)) (i32.const 1)))
      (i32.store8 (i32.const 65) (i32.add (i32.load8_u (i32.const 65)) (i32.const 1)))
      (call $var_set (local.get $key) (call $block (i32.const 64) (i32.const 1)))
      (call $put (call $block (i32.const 64) (i32.const 2)))
      (i32.const 0))
    (func (export "fail") (result i32)
      (call $error_set (call $block (i32.const 32) (i32.const 13))) (i32.const 1))
    (func (export "trap") (result i32) unreachable)
    (func (export "get") (result i32)
      (call $put (call $http_request (call $input_offset) (i64.const 0))) (i32.const 0))
    (func (export "log") (result i32)
      (call $log_info (call $block (i32.const 80) (i32.const 6))) (i32.const 0))
    ;; Sleeps for nanoseconds, by a subscription to the monotonic clock.
    (func $sleep (param $ns i64)
      (i32.store (i32.const 528) (i32.const 1))
      (i64.store (i32.const 536) (local.get $ns))
      (drop (call $poll (i32.const 512) (i32.const 1024) (i32.const 1) (i32.const 1100))))
    (func $log_line (call $log_info (call $block (i32.const 80) (i32.const 6))))
    (func (export "hang") (result i32)
      (call $log_line) (call $sleep (i64.const 3600000000000)) (i32.const 0))
    (func (export "sleep") (result i32)
      (call $log_line) (call $sleep (i64.const 60000000)) (call $log_line)
      (call $output_set (call $input_offset) (call $input_length)) (i32.const 0))
    (func $now (result i64)
      (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 1200)))
      (i64.load (i32.const 1200)))
    (func (export "work") (result i32)
      (local $end i64)
      (local.set $end (i64.add (call $now) (i64.const 300000000)))
      (loop $again (br_if $again (i64.lt_u (call $now) (local.get $end)))) (i32.const 0))
    (func (export "log_input") (result i32)
      (call $log_info (call $input_offset))
      (call $output_set (call $input_offset) (call $input_length)) (i32.const 0))
    (func (export "log_and_fail") (result i32) (call $log_info (call $input_offset)) (i32.const 1))
    (func (export "spin") (result i32) (call $log_line) (loop $again (br $again)) (i32.const 0))
    (func (export "forever") (result i32) (loop $again (br $again)) (i32.const 0))
    (func $recurse (export "recurse") (result i32) (i32.add (call $recurse) (i32.const 1)))
    (func (export "grow") (result i32)
      (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (i32.store8 (i32.const 64) (i32.shr_u (memory.size) (i32.const 4)))
      (call $put (call $block (i32.const 64) (i32.const 1))) (i32.const 0))
    (func (export "adds") (param i32 i32) (result i32) (i32.const 0))`);
}
