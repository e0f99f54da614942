//! Any bytes, as a file, as a script, and as something typed into a REPL: nothing panics, hangs or runs out of stack.
#![no_main]

use gol_fuzz::{mutate, parse};
use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target};

fuzz_target!(|bytes: &[u8]| parse::bytes(bytes));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::mutate(data, size, max_size, seed)
});

fuzz_crossover!(|a: &[u8], b: &[u8], out: &mut [u8], seed: u32| { mutate::cross(a, b, out, seed) });
