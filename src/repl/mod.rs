//! The REPL: one session, at a terminal or fed from a pipe.

mod asker;
pub mod commands;
mod complete;
mod draw;
mod editor;
mod helper;
pub mod highlight;
mod indent;
mod keys;
pub mod piped;
pub mod report;
mod saved;
mod screen;
mod signals;
pub mod state;
pub mod terminal;
mod text;

pub use editor::Editing;
pub use state::{Repl, judge};
