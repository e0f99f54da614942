//! Plain pieces of what commands say: tables and spans of time.

use std::time::Duration;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Rows as aligned columns, two spaces apart; every row ends a line.
pub(super) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| {
        rows.iter()
            .filter_map(|r| r.get(i))
            .map(|c| width(c))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, &w) in row.iter().zip(&widths) {
            line += cell;
            line += &" ".repeat(w - self::width(cell) + 2);
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// A text cut to at most `most` columns.
pub(super) fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_string();
    }
    let mut kept = String::new();
    let mut left = most.saturating_sub(1);
    for c in text.chars() {
        let Some(rest) = left.checked_sub(c.width().unwrap_or(0)) else {
            break;
        };
        left = rest;
        kept.push(c);
    }
    kept + "…"
}

/// A span of time with about three digits: `12.3ms`.
pub(super) fn span(d: Duration) -> String {
    let nanos = d.as_nanos() as f64;
    let (value, unit) = match d.as_nanos() {
        0..1_000 => return format!("{}ns", d.as_nanos()),
        1_000..1_000_000 => (nanos / 1e3, "µs"),
        1_000_000..1_000_000_000 => (nanos / 1e6, "ms"),
        1_000_000_000..60_000_000_000 => (nanos / 1e9, "s"),
        _ => return long_span(d.as_secs()),
    };
    let digits = match value {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.digits$}");
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    format!("{text}{unit}")
}

fn long_span(secs: u64) -> String {
    let (h, m, s) = (secs / 3600, secs / 60 % 60, secs % 60);
    match h {
        0 => format!("{m}m{s}s"),
        _ => format!("{h}h{m}m"),
    }
}

/// Nanoseconds as `span`.
pub(super) fn nanos(n: i64) -> String {
    span(Duration::from_nanos(n.max(0) as u64))
}

/// The nanoseconds of a duration as Go writes it: `1.5s`, `1h10m`.
pub(super) fn parse_duration(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let value: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let end = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return None,
        };
        total += value * unit;
        rest = &rest[end..];
    }
    (!text.is_empty() && total < 9e18).then_some(total.round() as i64)
}

/// `1 goroutine`, `2 goroutines`
pub(super) fn plural(n: u64, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        _ if what.ends_with("ch") => format!("{n} {what}es"),
        _ => format!("{n} {what}s"),
    }
}
