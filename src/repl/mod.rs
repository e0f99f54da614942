//! The REPL: one session, at a terminal or fed from a pipe.

pub mod piped;
pub mod report;
