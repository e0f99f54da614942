//! What the fuzz targets do with an input, and how inputs are varied.
//!
//! Invariants: a target says what it found by a Rust panic or by not ending; what it does depends on the input's bytes alone; nothing
//! it runs can reach files, the network or other processes.

pub mod mutate;
pub mod parse;
pub mod program;
