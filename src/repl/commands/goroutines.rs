//! `:gs` and `:g`: goroutines and their stacks.

use super::{Argument, Command};
use crate::repl::report::Said;
use crate::repl::state::Repl;
use crate::repl::text::{columns, cut, nanos, plural};
use std::fmt::Write;
use vm::{FrameInfo, GoroutineInfo, Place};

pub(super) const GS: Command = Command {
    name: "gs",
    form: "",
    argument: Argument::Nothing,
    doc: "list the goroutines: state, source line, age",
    more: "The age is how long a goroutine has been waiting. A crashed goroutine stays, to be looked at.\nExample:\n  :gs",
    run: gs,
};

pub(super) const G: Command = Command {
    name: "g",
    form: "N",
    argument: Argument::Goroutine,
    doc: "show a goroutine's stack with its source lines",
    more: "Example:\n  go func() { select {} }()\n  :gs\n  :g 2",
    run: g,
};

/// Goroutines that are listed, and frames.
const MOST: usize = 100;

fn gs(repl: &mut Repl, _: &str) -> Result<Said, String> {
    let all = repl.session.vm.goroutines();
    if all.is_empty() {
        return Ok(Said::out("no goroutines\n".to_string()));
    }
    let head = ["goroutine", "state", "age", "at", "started by"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for info in all.iter().take(MOST) {
        rows.push(row(repl, info));
    }
    let mut out = columns(&rows);
    if all.len() > MOST {
        let more = (all.len() - MOST) as u64;
        let _ = writeln!(out, "and {} more", plural(more, "goroutine"));
    }
    Ok(Said::out(out))
}

fn row(repl: &Repl, info: &GoroutineInfo) -> Vec<String> {
    let at = match &info.at {
        Some(p) => format!("{p}: {}", cut(p.text.trim(), 48)),
        None => "-".to_string(),
    };
    let age = match info.is_parked {
        true => nanos(info.age),
        false => "-".to_string(),
    };
    vec![
        info.goid.to_string(),
        state(info),
        age,
        at,
        starter(repl, info),
    ]
}

/// What a goroutine does, in a word or two.
pub(super) fn state(info: &GoroutineInfo) -> String {
    match info.has_crashed {
        true => "crashed".to_string(),
        false => info.state.clone(),
    }
}

/// Who started a goroutine.
pub(super) fn starter(repl: &Repl, info: &GoroutineInfo) -> String {
    match (&info.creator, repl.session.input_of(info.goid)) {
        (Some((by, at)), _) => format!("goroutine {by} at {at}"),
        (None, Some(input)) => format!("input[{input}]"),
        (None, None) => "-".to_string(),
    }
}

/// The goroutine that an argument names.
pub(super) fn named(repl: &Repl, argument: &str) -> Result<GoroutineInfo, String> {
    let word = argument.trim_start_matches(['g', 'G']);
    let goid: u64 = word
        .parse()
        .map_err(|_| format!("{argument:?} is not a goroutine's number"))?;
    repl.session
        .vm
        .goroutine_of(goid)
        .ok_or_else(|| format!("there is no goroutine {goid}; :gs lists them"))
}

fn g(repl: &mut Repl, argument: &str) -> Result<Said, String> {
    let info = named(repl, argument)?;
    let frames = repl.session.vm.stack_of(info.goid).unwrap_or_default();
    let waits = match info.is_parked && !info.has_crashed {
        true => format!(" for {}", nanos(info.age)),
        false => String::new(),
    };
    let mut out = format!("goroutine {}: {}{waits}\n", info.goid, state(&info));
    for frame in frames.iter().take(MOST) {
        out += &frame_text(frame);
    }
    if frames.len() > MOST {
        let more = (frames.len() - MOST) as u64;
        let _ = writeln!(out, "and {} more", plural(more, "frame"));
    }
    if let Some((by, at)) = &info.creator {
        let _ = writeln!(out, "started by goroutine {by}\n{}", excerpt(at).trim_end());
    }
    Ok(Said::out(out))
}

fn frame_text(frame: &FrameInfo) -> String {
    let place = frame.at.as_ref().map_or_else(String::new, excerpt);
    let input = frame.at.as_ref().filter(|p| p.file.starts_with("input["));
    match input {
        // Only inputs have top-level statements, and they count as main's.
        Some(p) if frame.func == "main.main" => format!("{}\n{place}", p.file),
        _ => format!("{}\n{place}", frame.func),
    }
}

/// A source line with its number, and a mark under the place.
fn excerpt(p: &Place) -> String {
    if p.is_std {
        return format!("    {p}\n");
    }
    let number = p.line.to_string();
    let indent = p.text.len() - p.text.trim_start().len();
    let before = (p.column as usize).saturating_sub(1 + indent);
    let text = p.text.trim();
    let before = text.get(..before).map_or(0, |t| t.chars().count());
    format!(
        "    {p}\n    {number} │ {text}\n    {} │ {}^\n",
        " ".repeat(number.len()),
        " ".repeat(before)
    )
}
