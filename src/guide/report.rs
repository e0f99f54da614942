//! Reports for people.

use super::markdown::Guide;
use super::outcome::{Outcome, Status};
use super::plan::Plan;
use super::run::Done;
use std::fmt::Write;
use std::ops::Range;

/// The blocks: number, line, kind and heading, one a line.
pub fn list(guide: &Guide, chosen: Range<usize>) -> String {
    let mut out = String::new();
    for b in &guide.blocks[chosen] {
        let kind = Plan::new(&b.text).shape.as_str();
        let line = format!(
            "{:>4}  line {:<5} {kind:<13} {}",
            b.number, b.line, b.heading
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if out.is_empty() {
        let _ = writeln!(out, "{} has no Go blocks", guide.name);
    }
    out
}

/// Every block with what it printed and what there is to say about it, then the summary.
pub fn report(guide: &Guide, done: &[Done], color: bool) -> String {
    let mut out = String::new();
    let mut heading = "";
    for d in done {
        let b = &guide.blocks[d.index];
        if b.heading != heading {
            heading = &b.heading;
            let _ = writeln!(out, "{}\n", paint(color, "1", &format!("── {heading}")));
        }
        let status = paint(color, tint(d.outcome.status), d.outcome.status.as_str());
        let place = format!("block {}, line {}", b.number, b.line);
        let _ = writeln!(out, "{place}: {status}{}", asides(&d.outcome));
        indented(&mut out, &d.outcome.stdout);
        indented(&mut out, &d.outcome.message);
        out.push('\n');
    }
    out + &summary(guide, done)
}

/// What stands behind the status: the time if it matters, the names that are missing.
fn asides(o: &Outcome) -> String {
    let mut out = String::new();
    if o.millis >= 1 && o.status == Status::Ran {
        let _ = write!(out, " in {} ms", o.millis);
    }
    if !o.needs.is_empty() {
        let _ = write!(out, ", needs {}", o.needs.join(", "));
    }
    out
}

fn indented(out: &mut String, text: &str) {
    for line in text.lines() {
        let _ = writeln!(out, "{}", format!("    {line}").trim_end());
    }
}

/// How many blocks ended in what.
pub fn summary(guide: &Guide, done: &[Done]) -> String {
    let blocks = match done.len() {
        0 => return format!("{} has no Go blocks\n", guide.name),
        1 => "1 block".to_string(),
        n => format!("{n} blocks"),
    };
    let count = |s: Status| done.iter().filter(|d| d.outcome.status == s).count();
    let parts: Vec<String> = Status::ALL
        .iter()
        .filter(|&&s| count(s) > 0)
        .map(|&s| format!("{} {}", count(s), s.as_str()))
        .collect();
    format!("{}: {blocks}: {}\n", guide.name, parts.join(", "))
}

/// A status's colour, as ANSI parameters.
fn tint(status: Status) -> &'static str {
    match status {
        Status::Ran | Status::Declared => "32",
        Status::Blocked => "36",
        Status::Panicked => "31",
        Status::Incomplete | Status::NotGo => "33",
    }
}

fn paint(color: bool, tint: &str, text: &str) -> String {
    if color {
        format!("\x1b[{tint}m{text}\x1b[0m")
    } else {
        text.to_string()
    }
}
