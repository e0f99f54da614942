//! Signals at a terminal.
//!
//! Invariants: Ctrl-C ends the input that runs, never gol. A termination or a hangup ends gol with the terminal as it was found.

use super::screen::Screen;
use crate::session::Stopper;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::Write;
use std::sync::Arc;

/// The terminal's modes, put back when this is dropped.
#[derive(Clone)]
pub(crate) struct Modes(Option<Termios>);

impl Modes {
    /// The modes that standard input has now.
    pub(crate) fn now() -> Modes {
        Modes(tcgetattr(std::io::stdin()).ok())
    }

    /// Puts the modes back.
    pub(crate) fn restore(&self) {
        if let Some(modes) = &self.0 {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, modes);
        }
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        self.restore();
    }
}

/// Handles signals on a thread of its own from now on.
///
/// # Errors
/// When the system refuses.
pub(crate) fn watch(
    stopper: Stopper,
    screen: Arc<Screen>,
    modes: Modes,
    rich: bool,
) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::Builder::new()
        .name("signals".to_string())
        .spawn(move || {
            for signal in signals.forever() {
                if signal == SIGINT {
                    screen.interrupted();
                    stopper.stop();
                    continue;
                }
                modes.restore();
                if rich {
                    let _ = std::io::stdout().write_all(b"\x1b[?2004l\n");
                }
                std::process::exit(128 + signal);
            }
        })?;
    Ok(())
}
