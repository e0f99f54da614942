//! What the REPL says about inputs.

use super::highlight::highlight;
use crate::session::{Crash, Echo, End, Evaluation, Event, Session, Waiting};
use lang::diag::Format;

/// Text for standard output and for standard error.
#[derive(Default, Debug)]
pub struct Said {
    /// Results and news.
    pub out: String,
    /// Errors.
    pub err: String,
    /// Whether the input failed.
    pub failed: bool,
}

impl Said {
    /// Something for standard output.
    pub fn out(out: String) -> Said {
        Said {
            out,
            ..Said::default()
        }
    }

    /// Says something more.
    pub fn add(&mut self, more: Said) {
        self.out += &more.out;
        self.err += &more.err;
        self.failed |= more.failed;
    }
}

/// What there is to say about an input.
pub fn evaluation(session: &mut Session, e: &Evaluation, color: bool) -> Said {
    let mut said = Said::default();
    if !e.warnings.is_empty() {
        said.err += &session.render(&e.warnings, Format::Human, color);
    }
    match &e.end {
        End::Declared => {}
        End::Done(echoes) => said.out += &lines(echoes, color),
        End::Rejected(diags) => said.err += &session.render(diags, Format::Human, color),
        End::Unreadable(what) => said.err += &format!("{what}\n"),
        End::Blocked(waiting) => said.out += &blocked(waiting),
        End::Panicked(crash) => said.err += &crashed(crash, color),
        End::Exited(code) => said.out += &format!("exit status {code}: the session goes on\n"),
        End::Interrupted => said.err += "interrupted\n",
        End::Bug(what) => said.err += &bug(what),
    }
    for event in &e.events {
        let more = self::event(event, color);
        said.out += &more.out;
        said.err += &more.err;
    }
    said
}

/// What there is to say about something that happened in the background.
pub fn event(e: &Event, color: bool) -> Said {
    let mut said = Said::default();
    match e {
        Event::Finished {
            goid,
            input,
            echoes,
        } => {
            said.out = format!("goroutine {goid} of input[{input}] went on and has ended\n");
            said.out += &lines(echoes, color);
        }
        Event::Crashed(crash) => said.err = crashed(crash, color),
        Event::Exited { goid, code } => {
            said.out = format!("goroutine {goid} called os.Exit({code}): the session goes on\n");
        }
        Event::Bug(what) => said.err = bug(what),
    }
    said
}

fn lines(echoes: &[Echo], color: bool) -> String {
    let rest = |e: &Echo| match e.cut {
        true => format!("  :show {} shows all of it\n", e.name),
        false => String::new(),
    };
    echoes
        .iter()
        .map(|e| line(e, color) + "\n" + &rest(e))
        .collect()
}

/// The line of a value; its name is grey, as the type behind it is.
fn line(e: &Echo, color: bool) -> String {
    let line = e.line();
    match line.strip_prefix(&e.name) {
        Some(rest) if color && !e.name.is_empty() => {
            let value = rest.trim_start_matches([' ', '=']);
            format!("\x1b[90m{} =\x1b[0m {}", e.name, highlight(value))
        }
        _ => line,
    }
}

/// `goroutine 3 is parked: chan send …`
pub fn blocked(w: &Waiting) -> String {
    w.told() + "\n  nothing can wake it now; a later input may\n"
}

fn crashed(c: &Crash, color: bool) -> String {
    if color {
        return format!("\x1b[31m{}\x1b[0m\n\n{}", c.message, c.trace);
    }
    format!("{}\n\n{}", c.message, c.trace)
}

fn bug(what: &str) -> String {
    format!("gol: internal error: {what}\nThis is a fault of gol, not of your program.\n")
}
