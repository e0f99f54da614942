//! Go's standard library: each package one folder of Go texts (`.gol`) with, beside them, the Rust functions behind its declarations
//! without body.
//!
//! Invariants: a native exists exactly where a `.gol` file declares a function without body (`tests/natives.rs`); a package is loaded
//! when it is imported, its functions are parsed, checked and compiled when they are reached.
#![forbid(unsafe_code)]

mod bytes;
mod context;
mod crypto;
mod embed;
mod errors;
mod fmt;
mod math;
mod natives;
mod net;
mod os;
mod reflect;
mod regexp;
mod runtime;
mod slices;
mod sort;
mod strconv;
mod strings;
mod sync;
mod syscall;
mod testing;
mod time;
mod unicode;
mod words;

pub use os::shared_stdin;

pub use embed::{importer, package_paths};
pub use natives::{native, native_names};
use words::{bytes_append, new_ints, str_of_words};
