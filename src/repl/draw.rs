//! Channels drawn as text: the header's fields in a box, the buffer as a row of cells with the two indices under it.
//!
//! Invariants: a drawing shows what is in memory, slot by slot; only slots are left out, and a gap says so. It knows texts and numbers, not values.

use super::text::{cut, width};
use std::fmt::Write;

/// A channel to draw.
pub(super) struct Drawn {
    /// `qcount`, and so on: names with values as the box shows them.
    pub(super) fields: Vec<(&'static str, String)>,
    /// The ring's texts, empty where there is no value: those slots that are shown, with their indices, ascending.
    pub(super) slots: Vec<(usize, String)>,
    /// Slots of the ring.
    pub(super) size: usize,
    /// Slot of the next send.
    pub(super) sendx: usize,
    /// Slot of the next receive.
    pub(super) recvx: usize,
}

/// Columns of a drawing.
const WIDE: usize = 76;
/// Columns of a cell's text.
pub(super) const CELL: usize = 15;
/// Slots shown of a ring.
const MOST: usize = 8;

/// Which slots of a ring of `n` to show: all of a small one, else the ends and those around the two indices.
pub(super) fn shown(n: usize, sendx: usize, recvx: usize) -> Vec<usize> {
    if n <= MOST {
        return (0..n).collect();
    }
    let near = |x: usize| [x.saturating_sub(1), x, x + 1];
    let mut slots: Vec<usize> = [near(sendx), near(recvx), [0, 0, n - 1]].concat();
    slots.retain(|&i| i < n);
    slots.sort_unstable();
    slots.dedup();
    slots
}

impl Drawn {
    /// The box with the header's fields.
    pub(super) fn header(&self) -> String {
        let name = self.fields.iter().map(|f| f.0.len()).max().unwrap_or(0) + 1;
        let lines: Vec<String> = self
            .fields
            .iter()
            .map(|(n, v)| cut(&format!("{:name$} {v}", format!("{n}:")), WIDE - 4))
            .collect();
        let inner = lines.iter().map(|l| width(l)).max().unwrap_or(0).max(36);
        let mut out = format!("┌{}┐\n", "─".repeat(inner + 2));
        for line in &lines {
            let _ = writeln!(out, "│ {line}{} │", " ".repeat(inner - width(line)));
        }
        out + &format!("└{}┘\n", "─".repeat(inner + 2))
    }

    /// The ring: cells, their indices, and where sendx and recvx are. Wide rings go on in further rows.
    pub(super) fn ring(&self) -> String {
        if self.slots.is_empty() {
            return String::new();
        }
        let cells: Vec<(Option<usize>, String)> = self.cells();
        let widths = cells.iter().map(|c| width(&c.1));
        let index = format!("[{}]", self.size - 1).len();
        let widest = widths.chain([index, 5]).max().unwrap_or(5);
        // Odd, so that it has a middle.
        let inner = (widest + 2) | 1;
        let per_row = (WIDE / (inner + 1)).max(1);
        let rows = cells.chunks(per_row);
        rows.map(|row| self.row(row, inner)).collect()
    }

    /// The cells to draw; a gap has no index.
    fn cells(&self) -> Vec<(Option<usize>, String)> {
        let mut cells = Vec::new();
        let mut next = 0;
        for (i, text) in &self.slots {
            if *i > next {
                cells.push((None, "…".to_string()));
            }
            cells.push((Some(*i), cut(text, CELL)));
            next = i + 1;
        }
        cells
    }

    fn row(&self, row: &[(Option<usize>, String)], inner: usize) -> String {
        let line = |left: &str, between: &str, right: &str| {
            let bar = "─".repeat(inner);
            let bars = vec![bar.as_str(); row.len()];
            format!("{left}{}{right}\n", bars.join(between))
        };
        let cells: Vec<String> = row.iter().map(|c| center(&c.1, inner)).collect();
        let marks = |f: &dyn Fn(usize) -> String| {
            let texts = row.iter().map(|c| c.0.map_or_else(String::new, f));
            let line: String = texts.map(|t| format!(" {}", center(&t, inner))).collect();
            format!("{}\n", line.trim_end())
        };
        let mut out = line("┌", "┬", "┐");
        let _ = writeln!(out, "│{}│", cells.join("│"));
        out += &line("└", "┴", "┘");
        out += &marks(&|i| format!("[{i}]"));
        let here = |i: usize| i == self.sendx || i == self.recvx;
        if row.iter().any(|c| c.0.is_some_and(here)) {
            out += &marks(&|i| {
                if here(i) {
                    "↑".to_string()
                } else {
                    String::new()
                }
            });
            out += &self.names(row, inner);
        }
        out
    }

    /// The names of the indices, under their arrows.
    fn names(&self, row: &[(Option<usize>, String)], inner: usize) -> String {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let Some(i) = cell.0 else { continue };
            let text = match (i == self.recvx, i == self.sendx) {
                (true, true) => "recvx, sendx",
                (true, false) => "recvx",
                (false, true) => "sendx",
                (false, false) => continue,
            };
            let middle = at * (inner + 1) + 1 + inner / 2;
            let start = middle.saturating_sub(text.len() / 2);
            let room = start.saturating_sub(width(&line));
            line += &" ".repeat(room);
            line += text;
        }
        line + "\n"
    }
}

/// A text in the middle of `n` columns.
fn center(text: &str, n: usize) -> String {
    let free = n.saturating_sub(width(text));
    let left = free / 2;
    format!("{}{text}{}", " ".repeat(left), " ".repeat(free - left))
}
