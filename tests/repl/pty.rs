//! `gol` at a pseudo-terminal, with its screen.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// How long to wait for anything. Nothing takes that long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// Rows and columns.
pub type Size = (NonZero<u16>, NonZero<u16>);

/// What the screen shows.
#[derive(Clone, Default)]
pub struct Shown {
    /// Its rows without trailing blanks.
    pub rows: Vec<String>,
    /// The cursor's row and column.
    pub cursor: (usize, usize),
}

/// A running `gol`.
pub struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    screen: Arc<(Mutex<State>, Condvar)>,
}

struct State {
    parser: vt100::Parser,
    ended: bool,
}

impl Pty {
    /// Starts `gol` with these arguments at a terminal of this size; `home` is where it keeps what it keeps.
    pub fn start(args: &[String], env: &[(String, String)], size: Size, home: &Path) -> Pty {
        let cells = size;
        let size = PtySize {
            rows: size.0.get(),
            cols: size.1.get(),
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system()
            .openpty(size)
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_gol"));
        command.args(args);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("HOME", home);
        command.cwd(home);
        for (name, value) in env {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("gol starts");
        drop(pair.slave);
        let screen = Arc::new((
            Mutex::new(State {
                parser: vt100::Parser::new(cells.0, cells.1, 0),
                ended: false,
            }),
            Condvar::new(),
        ));
        let mut output = pair.master.try_clone_reader().expect("its output");
        let shared = screen.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            loop {
                let n = output.read(&mut bytes).unwrap_or(0);
                let mut state = shared.0.lock().unwrap();
                state.parser.process(&bytes[..n]);
                state.ended = n == 0;
                shared.1.notify_all();
                if n == 0 {
                    return;
                }
            }
        });
        Pty {
            child,
            keys: pair.master.take_writer().expect("its input"),
            master: pair.master,
            screen,
        }
    }

    /// Types.
    pub fn send(&mut self, bytes: &[u8]) {
        self.keys.write_all(bytes).expect("gol reads");
        self.keys.flush().expect("gol reads");
    }

    /// Changes the terminal's size.
    pub fn resize(&mut self, (rows, cols): Size) {
        self.screen
            .0
            .lock()
            .unwrap()
            .parser
            .screen_mut()
            .set_size(rows, cols);
        let size = PtySize {
            rows: rows.get(),
            cols: cols.get(),
            pixel_width: 0,
            pixel_height: 0,
        };
        self.master.resize(size).expect("a new size");
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let pid = self.child.process_id().expect("it runs").to_string();
        let kill = std::process::Command::new("kill")
            .args(["-s", name, &pid])
            .status();
        assert!(kill.is_ok_and(|s| s.success()), "kill -s {name}");
    }

    /// Waits until the screen is as wanted.
    pub fn wait<T>(&self, wanted: impl Fn(&Shown) -> Option<T>) -> Result<T, Shown> {
        self.wait_for(PATIENCE, wanted)
    }

    /// The same, but not as long.
    pub fn wait_for<T>(
        &self,
        limit: Duration,
        wanted: impl Fn(&Shown) -> Option<T>,
    ) -> Result<T, Shown> {
        let start = Instant::now();
        let mut state = self.screen.0.lock().unwrap();
        loop {
            let shown = shown(state.parser.screen());
            if let Some(found) = wanted(&shown) {
                return Ok(found);
            }
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() || state.ended {
                return Err(shown);
            }
            state = self.screen.1.wait_timeout(state, left).unwrap().0;
        }
    }

    /// Whether the cell at a place has another than the default colour.
    pub fn is_colored(&self, row: usize, column: usize) -> bool {
        let state = self.screen.0.lock().unwrap();
        let cell = state.parser.screen().cell(row as u16, column as u16);
        cell.is_some_and(|c| c.fgcolor() != vt100::Color::Default)
    }

    /// What the screen shows now.
    pub fn shown(&self) -> Shown {
        shown(self.screen.0.lock().unwrap().parser.screen())
    }

    /// Waits for the end: the status.
    pub fn end(&mut self) -> Option<u32> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status.exit_code());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        None
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn shown(screen: &vt100::Screen) -> Shown {
    let (row, column) = screen.cursor_position();
    let rows = screen.rows(0, screen.size().1.get());
    Shown {
        rows: rows.map(|r| r.trim_end().to_string()).collect(),
        cursor: (row as usize, column as usize),
    }
}
