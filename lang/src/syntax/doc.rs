//! Doc comments: the comment block directly above a declaration.

use super::state::State;
use crate::source::Span;

/// The text of the comment block that ends on the line above position `lo`, without comment markers and directives.
pub(super) fn doc_comment(s: &State, lo: u32) -> Option<Box<str>> {
    let end = s.comments.partition_point(|c| c.hi.0 <= lo);
    let mut first = end;
    let mut below = lo;
    while let Some(c) = first.checked_sub(1).map(|i| s.comments[i]) {
        if !adjacent(s.slice(c.hi.0, below)) || !starts_line(s, c) {
            break;
        }
        below = c.lo.0;
        first -= 1;
    }
    let text = comment_text(
        s.comments[first..end]
            .iter()
            .map(|c| s.slice(c.lo.0, c.hi.0)),
    );
    if text.is_empty() {
        None
    } else {
        Some(text.into())
    }
}

/// Whether nothing but one line break is between a comment and what it belongs to.
fn adjacent(between: &str) -> bool {
    between.trim().is_empty() && between.bytes().filter(|&b| b == b'\n').count() <= 1
}

/// Whether a comment is the first thing on its line.
fn starts_line(s: &State, c: Span) -> bool {
    let before = s.slice(s.base, c.lo.0);
    let line = before.rsplit('\n').next().unwrap_or("");
    line.trim_start_matches('\u{feff}').trim().is_empty()
}

/// The words of a comment block: markers, directives, and blank lines at the edges removed.
fn comment_text<'c>(comments: impl Iterator<Item = &'c str>) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for c in comments {
        if let Some(block) = c.strip_prefix("/*") {
            lines.extend(
                block
                    .strip_suffix("*/")
                    .unwrap_or(block)
                    .lines()
                    .map(str::trim_end),
            );
            continue;
        }
        let line = c.strip_prefix("//").unwrap_or(c);
        if !is_directive(line) {
            lines.push(line.strip_prefix(' ').unwrap_or(line).trim_end());
        }
    }
    let mut text = String::new();
    let mut blank = false;
    for line in lines {
        if line.is_empty() {
            blank = !text.is_empty();
            continue;
        }
        if !text.is_empty() {
            text.push_str(if blank { "\n\n" } else { "\n" });
        }
        blank = false;
        text.push_str(line);
    }
    text
}

/// Whether a line comment's text is an instruction to a tool: `go:noinline`, `line f.go:7`, `export f`.
fn is_directive(line: &str) -> bool {
    if line.starts_with("line ") || line.starts_with("export ") || line.starts_with("extern ") {
        return true;
    }
    match line.split_once(':') {
        Some((tool, rest)) => {
            let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
            !tool.is_empty() && tool.bytes().all(word) && rest.bytes().next().is_some_and(word)
        }
        None => false,
    }
}
