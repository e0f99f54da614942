//! What programs print, kept to be shown.
//!
//! Invariants: what is kept is bounded, whatever is written; a program that writes without end is ended.

use std::cell::RefCell;
use std::io::{Error, ErrorKind, Result, Write};
use std::rc::Rc;

/// How much is kept of what one block prints, in bytes.
const KEPT: usize = 64 << 10;
/// After how much a program that ends with its output is ended.
const ENOUGH: usize = 16 << 20;

/// A sink; its clones are the same sink.
#[derive(Clone, Default)]
pub struct Capture {
    state: Rc<RefCell<State>>,
    /// Whether the program is to end when it has printed too much.
    ends: bool,
}

#[derive(Default)]
struct State {
    kept: Vec<u8>,
    written: usize,
}

impl Capture {
    /// A sink that breaks when enough has been written.
    pub fn that_breaks() -> Capture {
        Capture {
            ends: true,
            ..Capture::default()
        }
    }

    /// Whether so much has been written that the sink broke.
    pub fn is_broken(&self) -> bool {
        self.ends && self.state.borrow().written > ENOUGH
    }

    /// What has been written since the last call.
    pub fn take(&self) -> String {
        let state = std::mem::take(&mut *self.state.borrow_mut());
        let mut text = String::from_utf8_lossy(&state.kept).into_owned();
        match state.written - state.kept.len() {
            0 => {}
            _ if self.ends && state.written > ENOUGH => text += "\n… and so on\n",
            left_out => text += &format!("\n… ({left_out} more bytes)\n"),
        }
        text
    }
}

impl Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut state = self.state.borrow_mut();
        let room = KEPT - state.kept.len();
        state
            .kept
            .extend_from_slice(&bytes[..room.min(bytes.len())]);
        state.written += bytes.len();
        if self.ends && state.written > ENOUGH {
            return Err(Error::from(ErrorKind::BrokenPipe));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
