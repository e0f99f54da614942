//! gol as a library: the embedding facade.
//!
//! ```no_run
//! let engine = gol::Engine::new(gol::Options::default());
//! let code = engine.run_file("hello.go".as_ref(), &[]);
//! std::process::exit(code);
//! ```

mod engine;

pub use engine::{Checked, Engine, Options};
