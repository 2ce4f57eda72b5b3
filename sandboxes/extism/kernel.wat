;; The memory that an Extism plug-in shares with its host: an allocator, and where input, output and
;; error lie. Written for Airlock after the public description of Extism's host interface; nothing in
;; it is trusted with more than one call. `deno run -A tools/build_extism_kernel.ts` compiles it.
;;
;; Bytes 0-1023: heads of the free lists, one for each power of two. Then blocks: 16 bytes of header
;; (capacity, length, mark, next free) and the data, both aligned to 16.
(module
  (import "airlock" "memory" (memory 1))
  (global $top (mut i32) (i32.const 1024))
  (global $input (mut i64) (i64.const 0))
  (global $inputLength (mut i64) (i64.const 0))
  (global $output (mut i64) (i64.const 0))
  (global $outputLength (mut i64) (i64.const 0))
  (global $error (mut i64) (i64.const 0))

  ;; An address beyond 32 bits is nobody's.
  (func $address (param $p i64) (result i32)
    (if (i64.ne (i64.shr_u (local.get $p) (i64.const 32)) (i64.const 0)) (then unreachable))
    (i32.wrap_i64 (local.get $p)))

  (func $head (param $class i32) (result i32)
    (i32.shl (local.get $class) (i32.const 2)))

  (func $alloc (export "alloc") (param $n i64) (result i64)
    (local $need i32) (local $head i32) (local $at i32) (local $end i64) (local $size i64)
    (if (i64.eqz (local.get $n)) (then (return (i64.const 0))))
    (if (i64.gt_u (local.get $n) (i64.const 0x7fffff00)) (then (return (i64.const 0))))
    (local.set $need
      (i32.and (i32.add (i32.wrap_i64 (local.get $n)) (i32.const 15)) (i32.const -16)))
    ;; A block of the next power of two or above surely fits.
    (local.set $head
      (call $head
        (i32.sub (i32.const 32) (i32.clz (i32.sub (local.get $need) (i32.const 1))))))
    (local.set $at (i32.load (local.get $head)))
    (if (local.get $at)
      (then
        (i32.store (local.get $head) (i32.load (i32.sub (local.get $at) (i32.const 4)))))
      (else
        (local.set $at (i32.add (global.get $top) (i32.const 16)))
        (local.set $end
          (i64.add (i64.extend_i32_u (local.get $at)) (i64.extend_i32_u (local.get $need))))
        (local.set $size (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16)))
        (if (i64.gt_u (local.get $end) (local.get $size))
          (then
            (if
              (i32.eq (i32.const -1)
                (memory.grow
                  (i32.wrap_i64
                    (i64.shr_u
                      (i64.add (i64.sub (local.get $end) (local.get $size)) (i64.const 65535))
                      (i64.const 16)))))
              (then (return (i64.const 0))))))
        (global.set $top (i32.wrap_i64 (local.get $end)))
        (i32.store (i32.sub (local.get $at) (i32.const 16)) (local.get $need))))
    (i32.store (i32.sub (local.get $at) (i32.const 12)) (i32.wrap_i64 (local.get $n)))
    (i32.store (i32.sub (local.get $at) (i32.const 8)) (i32.const 0x6b636f6c))
    (i64.extend_i32_u (local.get $at)))

  (func $length (export "length") (param $p i64) (result i64)
    (if (i64.lt_u (local.get $p) (i64.const 1040)) (then (return (i64.const 0))))
    (if (i64.gt_u (local.get $p) (i64.extend_i32_u (global.get $top)))
      (then (return (i64.const 0))))
    (if (i64.ne (i64.and (local.get $p) (i64.const 15)) (i64.const 0))
      (then (return (i64.const 0))))
    (if
      (i32.ne
        (i32.load (i32.sub (i32.wrap_i64 (local.get $p)) (i32.const 8)))
        (i32.const 0x6b636f6c))
      (then (return (i64.const 0))))
    (i64.load32_u (i32.sub (i32.wrap_i64 (local.get $p)) (i32.const 12))))

  (func (export "length_unsafe") (param $p i64) (result i64)
    (call $length (local.get $p)))

  (func (export "free") (param $p i64)
    (local $at i32) (local $head i32)
    (if (i64.eqz (call $length (local.get $p))) (then (return)))
    (local.set $at (i32.wrap_i64 (local.get $p)))
    (i32.store (i32.sub (local.get $at) (i32.const 8)) (i32.const 0))
    (local.set $head
      (call $head
        (i32.sub
          (i32.const 31)
          (i32.clz (i32.load (i32.sub (local.get $at) (i32.const 16)))))))
    (i32.store (i32.sub (local.get $at) (i32.const 4)) (i32.load (local.get $head)))
    (i32.store (local.get $head) (local.get $at))
    (if (i64.eq (local.get $p) (global.get $input))
      (then (global.set $inputLength (i64.const 0)))))

  (func (export "load_u8") (param $p i64) (result i32)
    (i32.load8_u (call $address (local.get $p))))
  (func (export "load_u64") (param $p i64) (result i64)
    (i64.load (call $address (local.get $p))))
  (func (export "store_u8") (param $p i64) (param $x i32)
    (i32.store8 (call $address (local.get $p)) (local.get $x)))
  (func (export "store_u64") (param $p i64) (param $x i64)
    (i64.store (call $address (local.get $p)) (local.get $x)))

  (func (export "input_set") (param $p i64) (param $n i64)
    (global.set $input (local.get $p))
    (global.set $inputLength (local.get $n)))
  (func (export "input_offset") (result i64) (global.get $input))
  (func (export "input_length") (result i64) (global.get $inputLength))
  (func (export "input_load_u8") (param $at i64) (result i32)
    (if (i64.ge_u (local.get $at) (global.get $inputLength)) (then (return (i32.const 0))))
    (i32.load8_u (call $address (i64.add (global.get $input) (local.get $at)))))
  (func (export "input_load_u64") (param $at i64) (result i64)
    ;; Both sides stay below 2^63 here, so that the sum cannot wrap.
    (if (i64.ge_u (local.get $at) (global.get $inputLength)) (then (return (i64.const 0))))
    (if (i64.gt_u (i64.add (local.get $at) (i64.const 8)) (global.get $inputLength))
      (then (return (i64.const 0))))
    (i64.load (call $address (i64.add (global.get $input) (local.get $at)))))

  (func (export "output_set") (param $p i64) (param $n i64)
    (global.set $output (local.get $p))
    (global.set $outputLength (local.get $n)))
  (func (export "output_offset") (result i64) (global.get $output))
  (func (export "output_length") (result i64) (global.get $outputLength))

  (func (export "error_set") (param $p i64) (global.set $error (local.get $p)))
  (func (export "error_get") (result i64) (global.get $error))

  (func (export "memory_bytes") (result i64)
    (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16)))
)
