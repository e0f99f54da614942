//! The REPL: one session, at a terminal or fed from a pipe.

pub mod commands;
pub mod piped;
pub mod report;
pub mod state;

pub use state::{Repl, judge};
