//! What the terminal shows besides the line that is being edited.
//!
//! Invariants: while a line is edited only the editor writes to the terminal; what others print meanwhile waits here, in order, and appears above the
//! prompt when the editor next repaints. Otherwise it is printed at once. An unfinished line above the prompt is continued where it stands.

use super::helper::PROMPT;
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that may wait while a line is edited; whoever prints more waits too.
const FULL: usize = 16 << 10;
/// The longest unfinished line that is continued where it stands; it must fit into a row.
const TAIL: usize = 60;

/// The terminal, for everybody but the editor.
#[derive(Default)]
pub(crate) struct Screen {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// A line is being edited.
    editing: bool,
    /// What is to appear above the prompt.
    pending: Vec<u8>,
    /// The editor waits for the session's thread, which therefore must not wait for the editor.
    asking: bool,
    /// Something has been printed since the last repaint was asked for.
    fresh: bool,
    /// The unfinished line in the row above the prompt.
    tail: String,
    /// The cursor is somewhere in a row that has been written to.
    in_row: bool,
    /// The prompt that stands there, where lines are read without an editor.
    prompt: Option<&'static str>,
    /// Ctrl-C has been pressed at that prompt.
    dropped: bool,
}

impl Screen {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints bytes.
    pub(crate) fn print(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let mut state = self.lock();
        while state.editing && !state.asking && state.pending.len() > FULL {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.put(bytes);
        self.changed.notify_all();
    }

    /// Prints text that begins in a row of its own.
    pub(crate) fn say(&self, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut state = self.lock();
        state.fresh_row();
        state.put(text.as_bytes());
        self.changed.notify_all();
    }

    /// Ctrl-C has been pressed: the terminal has echoed it, and has dropped the line that was being typed without an editor.
    pub(crate) fn interrupted(&self) {
        let mut state = self.lock();
        state.in_row |= !state.editing;
        state.dropped = state.prompt.is_some();
        if state.prompt.take().is_some() {
            state.put(b"\n");
            state.put(PROMPT.as_bytes());
            state.prompt = Some(PROMPT);
        }
    }

    /// Shows a prompt where lines are read without an editor.
    pub(crate) fn ask(&self, prompt: &'static str) {
        let mut state = self.lock();
        stdlib::shared_stdin::hold();
        state.fresh_row();
        state.put(prompt.as_bytes());
        state.prompt = Some(prompt);
        state.dropped = false;
    }

    /// The line has come; whether Ctrl-C was pressed before it.
    pub(crate) fn answered(&self) -> bool {
        let mut state = self.lock();
        state.prompt = None;
        state.in_row = false;
        stdlib::shared_stdin::release();
        state.dropped
    }

    /// The editor is about to show its prompt.
    pub(crate) fn begin_edit(&self) {
        let mut state = self.lock();
        stdlib::shared_stdin::hold();
        state.fresh_row();
        state.editing = true;
        state.tail.clear();
    }

    /// The editor has left the line, and the cursor is at the start of a row.
    pub(crate) fn end_edit(&self) {
        let mut state = self.lock();
        state.editing = false;
        state.in_row = false;
        stdlib::shared_stdin::release();
        let pending = std::mem::take(&mut state.pending);
        state.put(&pending);
        self.changed.notify_all();
    }

    /// Asks the session's thread something from the editor's.
    pub(crate) fn while_asking<T>(&self, ask: impl FnOnce() -> T) -> T {
        self.lock().asking = true;
        self.changed.notify_all();
        let answer = ask();
        self.lock().asking = false;
        answer
    }

    /// What a repaint puts in front of the prompt, with the cursor at the start of the prompt's row.
    pub(crate) fn above_prompt(&self) -> String {
        let mut state = self.lock();
        let text = state.above_prompt();
        self.changed.notify_all();
        text
    }

    /// Waits until something has been printed while a line is edited: it is time for a repaint.
    pub(crate) fn wait_fresh(&self) {
        let mut state = self.lock();
        while !(state.editing && state.fresh) {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.fresh = false;
    }
}

impl State {
    fn put(&mut self, bytes: &[u8]) {
        if self.editing {
            self.pending.extend_from_slice(bytes);
            self.fresh = true;
        } else if let Some(prompt) = self.prompt {
            let end = if bytes.ends_with(b"\n") { "" } else { "\n" };
            write(&[b"\n", bytes, end.as_bytes(), prompt.as_bytes()].concat());
        } else if let Some(last) = bytes.last() {
            write(bytes);
            self.in_row = *last != b'\n';
        }
    }

    fn fresh_row(&mut self) {
        let in_row = match self.pending.last() {
            Some(last) => *last != b'\n',
            None if self.editing => !self.tail.is_empty(),
            None => self.in_row && self.prompt.is_none(),
        };
        if in_row {
            self.put(b"\n");
        }
    }

    fn above_prompt(&mut self) -> String {
        let text = take_text(&mut self.pending);
        let Some(end) = text.chars().last() else {
            return text;
        };
        let mut shown = String::new();
        if !self.tail.is_empty() {
            shown = format!("\x1b[A\r\x1b[K{}", self.tail);
        }
        let unfinished = text.rsplit('\n').next().unwrap_or("");
        if text.contains('\n') {
            self.tail.clear();
        }
        self.tail.push_str(unfinished);
        if self.tail.len() > TAIL {
            self.tail.clear();
        }
        shown.push_str(&text);
        if end != '\n' {
            shown.push('\n');
        }
        shown
    }
}

fn write(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    // A terminal that is gone ends gol by a signal.
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// Takes what is text so far: the beginning of a character stays.
fn take_text(bytes: &mut Vec<u8>) -> String {
    let whole = match std::str::from_utf8(bytes) {
        Err(e) if e.error_len().is_none() => e.valid_up_to(),
        _ => bytes.len(),
    };
    let rest = bytes.split_off(whole);
    let text = String::from_utf8_lossy(bytes).into_owned();
    *bytes = rest;
    text
}

/// A sink for a session's output.
pub(crate) struct Sink(pub(crate) Arc<Screen>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.print(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    fn edited(tail: &str, pending: &[u8]) -> State {
        State {
            editing: true,
            tail: tail.to_string(),
            pending: pending.to_vec(),
            ..State::default()
        }
    }

    #[test]
    fn whole_lines_appear_as_they_are() {
        let mut s = edited("", b"one\ntwo\n");
        assert_eq!(s.above_prompt(), "one\ntwo\n");
        assert_eq!((s.tail.as_str(), s.pending.len()), ("", 0));
    }

    #[test]
    fn an_unfinished_line_is_continued_in_place() {
        let mut s = edited("", b"one\ntw");
        assert_eq!(s.above_prompt(), "one\ntw\n");
        s.put(b"o");
        assert_eq!(s.above_prompt(), "\x1b[A\r\x1b[Ktwo\n");
        s.put(b"!\nthree\n");
        assert_eq!(s.above_prompt(), "\x1b[A\r\x1b[Ktwo!\nthree\n");
        assert_eq!(s.tail, "");
    }

    #[test]
    fn half_a_character_waits_for_its_other_half() {
        let mut s = edited("", &"é".as_bytes()[..1]);
        assert_eq!(s.above_prompt(), "");
        s.put(&"é".as_bytes()[1..]);
        assert_eq!(s.above_prompt(), "é\n");
    }

    #[test]
    fn news_begin_in_a_row_of_their_own() {
        let mut s = edited("tw", b"");
        s.fresh_row();
        s.put(b"news\n");
        assert_eq!(s.above_prompt(), "\x1b[A\r\x1b[Ktw\nnews\n");
    }
}
