//! Errors as data: what every phase reports and one file renders.
//!
//! Invariants: a diagnostic carries a code from the one table in `code.rs`, a span in the session's position space and the
//! message gc would print, without position; `render.rs` is the only place that turns diagnostics into text.

mod code;
mod render;

pub use code::Code;
pub use render::{Format, json_string, normalize, render};

use crate::source::{Pos, Span};

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// The program does not run.
    Error,
    /// The program runs all the same (unused variables and imports of a script).
    Warning,
}

impl Severity {
    /// The word shown to people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A further place that explains a diagnostic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be said about it.
    pub message: String,
}

/// One problem in a source text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Which kind of problem.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Where.
    pub span: Span,
    /// What, in gc's words; further lines start with `\n\t`.
    pub message: String,
    /// Further places.
    pub labels: Vec<Label>,
    /// Advice.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            span,
            message: message.into(),
            labels: Vec::new(),
            help: Vec::new(),
        }
    }

    /// A warning at `span`.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error(code, span, message)
        }
    }

    /// The same with a further place.
    #[must_use]
    pub fn with_label(mut self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.labels.push(Label {
            span,
            message: message.into(),
        });
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help.push(help.into());
        self
    }

    /// Whether it keeps the program from running.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// As gc does, drops a message that says on one line what the message before it said there. The diagnostics are in the order in which
/// they were found.
pub fn drop_repeats<L: PartialEq>(diags: &mut Vec<Diagnostic>, line: impl Fn(Pos) -> L) {
    diags.dedup_by(|d, before| {
        d.message == before.message
            && d.severity == before.severity
            && line(d.span.lo) == line(before.span.lo)
    });
}
