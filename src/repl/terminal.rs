//! The REPL at a terminal: the session's thread, which runs inputs and, while a line is edited, what goes on in the background.
//!
//! Invariants: this is the process's first thread, and nobody else touches the session; the editor's questions are answered between two slices of
//! background work, a few milliseconds apart at most.

use super::asker::{Asker, Completions, Request};
use super::editor::{self, Editing};
use super::report;
use super::screen::{Screen, Sink};
use super::signals::{self, Modes};
use super::state::Repl;
use crate::engine::Options;
use crate::session::Session;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use vm::Output;

/// The session's end of the terminal.
struct Terminal {
    repl: Repl,
    screen: Arc<Screen>,
    asker: Asker,
    requests: Receiver<Request>,
}

/// Runs a REPL on standard input and output, which are a terminal, after the inputs of a text; the exit status.
pub fn run(options: Options, editing: &Editing, first: Option<&str>) -> i32 {
    let screen = Arc::new(Screen::default());
    let sink = || Output::new(Box::new(Sink(screen.clone())));
    let err = if std::io::stderr().is_terminal() {
        sink()
    } else {
        Output::new(Box::new(std::io::stderr()))
    };
    let mut repl = Repl::new(Session::new(options, sink(), err), editing.color);
    // They run on behind the prompt.
    repl.slices = 1;
    let stopper = repl.session.stopper();
    let (asker, requests) = Asker::new(stopper.clone());
    let modes = Modes::now();
    if let Err(what) = signals::watch(stopper, screen.clone(), modes.clone(), editor::is_rich()) {
        screen.say(&format!("gol: Ctrl-C will not stop inputs: {what}\n"));
    }
    let mut terminal = Terminal {
        repl,
        screen,
        asker,
        requests,
    };
    terminal.banner(editing.color);
    if let Some(text) = first {
        super::piped::each(text.as_bytes(), |input| terminal.enter(input));
    }
    if terminal.repl.quit.is_none() {
        terminal.start_editor(editing.clone());
        terminal.serve();
    }
    drop(modes);
    terminal.repl.quit.unwrap_or(0)
}

impl Terminal {
    fn banner(&self, color: bool) {
        let text = concat!("gol ", env!("CARGO_PKG_VERSION"), " (Go 1.27) · :help");
        self.screen.say(&if color {
            format!("\x1b[90m{text}\x1b[0m\n")
        } else {
            format!("{text}\n")
        });
    }

    fn start_editor(&self, editing: Editing) {
        let (asker, screen) = (self.asker.clone(), self.screen.clone());
        let started = std::thread::Builder::new()
            .name("editor".to_string())
            .stack_size(8 << 20)
            .spawn(move || editor::run(&asker, &screen, &editing));
        if let Err(what) = started {
            self.screen.say(&format!("gol: {what}\n"));
            self.asker.end();
        }
    }

    /// Answers requests, and lets goroutines run in between, until the end.
    fn serve(&mut self) {
        loop {
            while let Ok(request) = self.requests.try_recv() {
                if !self.answer(request) {
                    return;
                }
            }
            let (events, more) = self.repl.session.background(true);
            for event in &events {
                let said = report::event(event, self.repl.color);
                self.say(&said);
            }
            if more || !events.is_empty() {
                continue;
            }
            let request = self.requests.recv();
            if !request.is_ok_and(|request| self.answer(request)) {
                return;
            }
        }
    }

    /// Answers a request; false when it was the last.
    fn answer(&mut self, request: Request) -> bool {
        match request {
            Request::Enter(text, answer) => {
                let more = self.enter(&text);
                let _ = answer.send(more);
                return more;
            }
            Request::Complete(text, answer) => {
                let _ = answer.send(self.complete(&text));
            }
            Request::Hint(text, question, answer) => {
                if !self.asker.is_stale(question) {
                    let _ = answer.send(self.hint(&text));
                }
            }
            Request::End => return false,
        }
        true
    }

    /// Runs an input; false when the REPL is to end.
    fn enter(&mut self, text: &str) -> bool {
        let said = self.repl.enter(text);
        self.say(&said);
        self.repl.quit.is_none()
    }

    fn say(&self, said: &report::Said) {
        self.screen.say(&said.out);
        if std::io::stderr().is_terminal() {
            self.screen.say(&said.err);
        } else {
            eprint!("{}", said.err);
        }
    }

    fn complete(&mut self, text: &str) -> Completions {
        let found = self.repl.complete(text, text.len());
        let word = text.get(found.start..).unwrap_or("");
        let mut candidates = found.candidates;
        // Other cases of letters count only where the typed ones lead nowhere.
        if candidates.iter().any(|c| c.text.starts_with(word)) {
            candidates.retain(|c| c.text.starts_with(word));
        }
        let candidates = candidates.into_iter().map(|c| (c.text, c.detail));
        Completions {
            start: found.start,
            candidates: candidates.collect(),
        }
    }

    fn hint(&mut self, text: &str) -> Option<String> {
        self.repl.hint(text, text.len())
    }
}
