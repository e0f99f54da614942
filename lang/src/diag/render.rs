//! Diagnostics as text, for people and machines: the only file that knows ariadne.
//!
//! Invariants: output is sorted by position and free of repetitions whatever order the phases reported in; a diagnostic
//! without a valid position is still shown; `Short` is gc's format, `Json` is one object per line.

use super::{Code, Diagnostic, Label, Severity};
use crate::source::{LineCol, SourceMap, Span};
use ariadne::{Cache, CharSet, Color, Config, IndexType, Report, ReportKind, Source};
use std::collections::HashMap;
use std::fmt::Write;

/// How diagnostics are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// Source excerpts with code, labels and advice.
    #[default]
    Human,
    /// `path:line:col: message`, as gc writes.
    Short,
    /// One JSON object per line.
    Json,
}

/// Sorted by position, without repetitions of a message at its position.
pub fn normalize(diags: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<&Diagnostic> = diags.iter().collect();
    sorted.sort_by_key(|d| d.span.lo);
    let mut seen: Vec<&Diagnostic> = Vec::new();
    sorted.retain(|d| {
        if seen.first().is_none_or(|s| s.span.lo != d.span.lo) {
            seen.clear();
        }
        let fresh = seen.iter().all(|s| s.message != d.message);
        seen.push(d);
        fresh
    });
    sorted
}

/// The diagnostics as text, each ending in a newline.
pub fn render(diags: &[Diagnostic], sources: &SourceMap, format: Format, color: bool) -> String {
    let mut out = String::new();
    let mut excerpts = Excerpts {
        sources,
        parsed: HashMap::new(),
    };
    for d in normalize(diags) {
        match format {
            Format::Human => human(&mut out, d, &mut excerpts, color),
            Format::Short => short(&mut out, d, sources),
            Format::Json => json(&mut out, d, sources),
        }
    }
    out
}

fn short(out: &mut String, d: &Diagnostic, sources: &SourceMap) {
    if let Some((file, at)) = sources.locate(d.span.lo) {
        let _ = write!(out, "{file}:{at}: ");
    }
    if d.severity == Severity::Warning {
        out.push_str("warning: ");
    }
    out.push_str(&d.message);
    out.push('\n');
}

/// Line and column where a span starts and ends.
fn extent(span: Span, sources: &SourceMap) -> Option<(&str, LineCol, LineCol)> {
    let (file, lo) = sources.locate(span.lo)?;
    let hi = sources.file(span.lo)?.line_col(span.hi.max(span.lo));
    Some((file, lo, hi))
}

fn json(out: &mut String, d: &Diagnostic, sources: &SourceMap) {
    out.push('{');
    json_extent(out, d.span, sources);
    let _ = write!(
        out,
        "\"severity\":\"{}\",\"code\":\"{}\",\"message\":",
        d.severity.as_str(),
        d.code.as_str()
    );
    json_string(out, &d.message);
    out.push_str(",\"labels\":[");
    for (i, Label { span, message }) in d.labels.iter().enumerate() {
        out.push_str(if i > 0 { ",{" } else { "{" });
        json_extent(out, *span, sources);
        out.push_str("\"message\":");
        json_string(out, message);
        out.push('}');
    }
    out.push_str("],\"help\":[");
    for (i, help) in d.help.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        json_string(out, help);
    }
    out.push_str("]}\n");
}

/// The position members of an object, each followed by a comma; `null` where the place is unknown.
fn json_extent(out: &mut String, span: Span, sources: &SourceMap) {
    let Some((file, lo, hi)) = extent(span, sources) else {
        out.push_str(
            "\"file\":null,\"line\":null,\"col\":null,\"end_line\":null,\"end_col\":null,",
        );
        return;
    };
    out.push_str("\"file\":");
    json_string(out, file);
    let _ = write!(
        out,
        ",\"line\":{},\"col\":{},\"end_line\":{},\"end_col\":{},",
        lo.line, lo.col, hi.line, hi.col
    );
}

/// Appends a JSON string.
pub fn json_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A place as ariadne wants it: the file's base position as its key, and bytes within the file.
type Place = (u32, std::ops::Range<usize>);

fn place(span: Span, sources: &SourceMap) -> Option<Place> {
    let file = sources.file(span.lo)?;
    let at = |p: u32| (p.saturating_sub(file.base) as usize).min(file.text.len());
    let lo = file.text.floor_char_boundary(at(span.lo.0));
    let hi = file.text.ceil_char_boundary(at(span.hi.0).max(lo));
    Some((file.base, lo..hi))
}

/// Longest line an excerpt shows, in bytes.
const LONGEST_LINE: usize = 400;

/// Whether every line of the span can be shown to a person.
fn is_readable((base, at): &Place, sources: &SourceMap) -> bool {
    let Some(file) = sources.file(crate::source::Pos(*base)) else {
        return false;
    };
    let start = file.text[..at.start].rfind('\n').map_or(0, |n| n + 1);
    let end = file.text[at.end..]
        .find('\n')
        .map_or(file.text.len(), |n| at.end + n);
    file.text[start..end]
        .split('\n')
        .all(|line| line.len() <= LONGEST_LINE)
}

/// The source texts behind the excerpts, split into lines on first use.
struct Excerpts<'s> {
    sources: &'s SourceMap,
    parsed: HashMap<u32, Source<String>>,
}

impl Cache<u32> for &mut Excerpts<'_> {
    type Storage = String;

    fn fetch(&mut self, base: &u32) -> Result<&Source<String>, impl std::fmt::Debug> {
        let Some(file) = self.sources.file(crate::source::Pos(*base)) else {
            return Err("no such file");
        };
        Ok(self.parsed.entry(*base).or_insert_with(|| {
            let before = file.first_line as usize - 1;
            Source::from(file.text.to_string()).with_display_line_offset(before)
        }))
    }

    fn display<'a>(&self, base: &'a u32) -> Option<impl std::fmt::Display + 'a> {
        self.sources
            .file(crate::source::Pos(*base))
            .map(|f| f.name.clone())
    }
}

/// What is said at the place itself: what the code means, unless the message says it all.
fn remark(code: Code) -> &'static str {
    match code {
        Code::SyntaxError | Code::InvalidToken | Code::InvalidSyntaxTree => "here",
        code => code.about(),
    }
}

fn human(out: &mut String, d: &Diagnostic, excerpts: &mut Excerpts<'_>, color: bool) {
    let sources = excerpts.sources;
    let Some(at) = place(d.span, sources) else {
        let _ = writeln!(
            out,
            "{}[{}]: {}",
            d.severity.as_str(),
            d.code.as_str(),
            d.message
        );
        return;
    };
    if !is_readable(&at, sources) {
        return short(out, d, sources);
    }
    let (kind, tint) = match d.severity {
        Severity::Error => (ReportKind::Error, Color::Red),
        Severity::Warning => (ReportKind::Warning, Color::Yellow),
    };
    let config = Config::new()
        .with_color(color)
        .with_index_type(IndexType::Byte)
        .with_char_set(CharSet::Unicode);
    let mut lines = d.message.split("\n\t");
    let headline = lines.next().unwrap_or_default();
    let mut report = Report::build(kind, at.clone())
        .with_config(config)
        .with_code(d.code.as_str())
        .with_message(headline);
    report.add_label(
        ariadne::Label::new(at)
            .with_color(tint)
            .with_message(remark(d.code)),
    );
    for label in &d.labels {
        if let Some(at) = place(label.span, sources).filter(|at| is_readable(at, sources)) {
            report.add_label(
                ariadne::Label::new(at)
                    .with_color(Color::Cyan)
                    .with_message(&label.message),
            );
        }
    }
    for line in lines {
        report.add_note(line.trim_start());
    }
    for help in &d.help {
        report.add_help(help);
    }
    let mut bytes = Vec::new();
    match report.finish().write(excerpts, &mut bytes) {
        Ok(()) => out.push_str(&String::from_utf8_lossy(&bytes)),
        Err(_) => short(out, d, sources),
    }
}
