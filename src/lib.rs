//! gol as a library: load a Go program or script, check it, run it.
//!
//! ```
//! let mut engine = gol::Engine::new(gol::Options::default());
//! let program = engine.load_text("answer.gol", "x := 6\nprintln(x * 7)").expect("it is right");
//! assert_eq!(engine.run(program), gol::Outcome::Exit(0));
//! ```

mod engine;
pub mod guide;
mod load;
mod module;
pub mod repl;
pub mod session;
mod testcmd;
mod watch;

pub use engine::{Engine, Options, Outcome};
pub use load::{Failure, Loaded, program_operands, read_text};
pub use testcmd::{TestOptions, run as test};
pub use watch::watch;
