//! What the line editor asks while a line is typed: whether it is complete, how it looks, what could follow.
//!
//! Invariants: what is shown takes as many columns as the editor reckons: tabs become spaces up to the same stops, control characters are left out.

use super::asker::Asker;
use super::highlight::{highlight, matching_bracket};
use super::keys::Rewrite;
use super::screen::Screen;
use super::state::judge;
use lang::syntax::Completeness;
use rustyline::completion::{Candidate, Completer};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Context, Helper, Result};
use std::borrow::Cow;
use std::cell::Cell;
use std::sync::{Arc, PoisonError};
use unicode_width::UnicodeWidthChar;

/// Columns between tab stops.
pub(crate) const TAB: u8 = 4;
/// The prompt.
pub(crate) const PROMPT: &str = "> ";
/// Where continued lines are read without an editor.
pub(crate) const CONTINUED: &str = "… ";
/// More candidates than these are listed without what is known of them.
const DETAILED: usize = 12;

/// The editor's helper.
pub(crate) struct GoHelper {
    asker: Asker,
    screen: Arc<Screen>,
    color: bool,
    rewrite: Rewrite,
    /// The line has been entered: no bracket is marked any more.
    left: Cell<bool>,
    /// Whether something has been typed.
    typed: Cell<bool>,
    /// The column where the hint begins that is shown.
    hint: Cell<Option<usize>>,
}

impl GoHelper {
    /// A helper that asks `asker`.
    pub(crate) fn new(asker: Asker, screen: Arc<Screen>, color: bool) -> GoHelper {
        GoHelper {
            asker,
            screen,
            color,
            rewrite: Rewrite::default(),
            left: Cell::new(false),
            typed: Cell::new(false),
            hint: Cell::new(None),
        }
    }
}

impl GoHelper {
    /// Where keys say what the line up to the cursor is to become.
    pub(crate) fn rewrite(&self) -> &Rewrite {
        &self.rewrite
    }

    /// What tidies up behind a line that was dropped, with the cursor in the row below: its hint goes, and who dropped nothing is told how to leave.
    pub(crate) fn after_dropped(&self) -> String {
        let hint = self.hint.take();
        let mut out = hint.map_or(String::new(), |column| {
            format!("\x1b[A\x1b[{}G\x1b[K\n", column + 1)
        });
        if !self.typed.get() {
            out += &self.grey(":quit or Ctrl-D leaves");
            out.push('\n');
        }
        out
    }

    fn grey(&self, text: &str) -> String {
        if self.color {
            format!("\x1b[90m{text}\x1b[0m")
        } else {
            text.to_string()
        }
    }

    fn take_rewrite(&self) -> Option<String> {
        let mut rewrite = self.rewrite.lock().unwrap_or_else(PoisonError::into_inner);
        rewrite.take()
    }
}

impl Helper for GoHelper {}

impl Validator for GoHelper {
    fn validate(&self, ctx: &mut ValidationContext<'_>) -> Result<ValidationResult> {
        Ok(match judge(ctx.input()) {
            Completeness::Incomplete => ValidationResult::Incomplete,
            // What is wrong with it is the session's to say.
            Completeness::Complete | Completeness::Invalid => ValidationResult::Valid(None),
        })
    }
}

/// A hint: it is only shown.
pub(crate) struct Signature(String);

impl Hint for Signature {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for GoHelper {
    type Hint = Signature;

    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<Signature> {
        self.hint.set(None);
        if !self.color || pos < line.len() || line.trim().is_empty() {
            return None;
        }
        let hint = self.screen.while_asking(|| self.asker.hint(line))?;
        let columns = rustix::termios::tcgetwinsize(std::io::stdout()).map_or(80, |s| s.ws_col);
        let columns = if columns == 0 { 80 } else { columns as usize };
        let column = display(line, line, None).1 % columns;
        let cut = fitting(hint.lines().next()?, columns.saturating_sub(column + 3))?;
        self.hint.set(Some(column));
        Some(Signature(format!("  {cut}")))
    }
}

/// As much of a text as fits into so many columns; nothing if that is too little to help.
fn fitting(text: &str, room: usize) -> Option<Cow<'_, str>> {
    if text.chars().count() <= room {
        return Some(Cow::Borrowed(text));
    }
    let cut: String = text.chars().take(room.saturating_sub(1)).collect();
    (room >= 10).then(|| Cow::Owned(cut + "…"))
}

/// A candidate for completion.
pub(crate) struct Choice {
    text: String,
    shown: String,
}

impl Candidate for Choice {
    fn display(&self) -> &str {
        &self.shown
    }

    fn replacement(&self) -> &str {
        &self.text
    }
}

impl Completer for GoHelper {
    type Candidate = Choice;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> Result<(usize, Vec<Choice>)> {
        if let Some(text) = self.take_rewrite() {
            let start = line[..pos].rfind('\n').map_or(0, |at| at + 1);
            let shown = String::new();
            return Ok((start, vec![Choice { text, shown }]));
        }
        let found = self
            .screen
            .while_asking(|| self.asker.complete(&line[..pos]));
        let detailed = found.candidates.len() <= DETAILED;
        let width = found.candidates.iter().map(|c| c.0.chars().count()).max();
        let width = width.unwrap_or(0);
        let choices = found.candidates.into_iter().map(|(text, detail)| Choice {
            shown: if detailed && !detail.is_empty() {
                format!("{text:width$}  {detail}")
            } else {
                text.clone()
            },
            text,
        });
        Ok((found.start, choices.collect()))
    }
}

impl Highlighter for GoHelper {
    fn highlight<'l>(&self, line: &'l str, pos: usize) -> Cow<'l, str> {
        self.typed.set(!line.is_empty());
        if !self.color {
            return Cow::Owned(display(line, line, None).0);
        }
        let marked = if self.left.get() {
            None
        } else {
            matching_bracket(line, pos)
        };
        let colored = highlight(line);
        Cow::Owned(display(line, &colored, marked).0)
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        default: bool,
    ) -> Cow<'b, str> {
        let above = self.screen.above_prompt();
        Cow::Owned(if self.color && default {
            format!("{above}\x1b[1;36m{prompt}\x1b[0m")
        } else {
            above + prompt
        })
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(self.grey(hint))
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        match candidate.split_once("  ") {
            Some((name, rest)) if self.color => Cow::Owned(format!("{name}  {}", self.grey(rest))),
            _ => Cow::Borrowed(candidate),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.left.set(kind == CmdKind::ForcedRefresh);
        // Every change repaints the line: colours reach backwards, and only a repaint reckons with tabs.
        true
    }
}

/// The colored line as it is to be written behind the prompt, one byte of the plain line marked; and how many columns its last row takes.
fn display(line: &str, colored: &str, marked: Option<usize>) -> (String, usize) {
    let mut out = String::with_capacity(colored.len() + 16);
    let mut plain = line.char_indices().peekable();
    let mut column = PROMPT.len();
    let mut rest = colored.chars();
    while let Some(c) = rest.next() {
        let Some(&(at, _)) = plain.peek().filter(|p| p.1 == c) else {
            escape(c, &mut rest, &mut out);
            continue;
        };
        plain.next();
        match c {
            '\n' => {
                out.push(c);
                column = 0;
            }
            '\t' => {
                let width = TAB as usize - column % TAB as usize;
                out.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            c if c.is_control() => {}
            c => {
                if marked == Some(at) {
                    out.push_str("\x1b[1;7m");
                    out.push(c);
                    out.push_str("\x1b[22;27m");
                } else {
                    out.push(c);
                }
                column += c.width().unwrap_or(0);
            }
        }
    }
    (out, column)
}

/// Copies the rest of an escape sequence.
fn escape(first: char, rest: &mut std::str::Chars<'_>, out: &mut String) {
    out.push(first);
    for c in rest.by_ref() {
        out.push(c);
        if c.is_ascii_alphabetic() {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::display;

    #[test]
    fn tabs_reach_the_next_stop() {
        assert_eq!(display("a\tb\n\tc", "a\tb\n\tc", None).0, "a b\n    c");
        assert_eq!(
            display("\tb", "\x1b[31m\tb\x1b[0m", None).0,
            "\x1b[31m  b\x1b[0m"
        );
    }

    #[test]
    fn marks_and_control_characters() {
        assert_eq!(display("(a)", "(a)", Some(2)).0, "(a\x1b[1;7m)\x1b[22;27m");
        assert_eq!(display("a\u{7}b", "a\u{7}b", None).0, "ab");
    }
}
