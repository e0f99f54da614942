//! Source texts and positions in them.
//!
//! Invariants: every file of a session occupies its own range of one global `u32` position space (as go/token does), so a
//! `Pos` alone names file, line and column; files are only ever added; position 0 belongs to no file and means "none".

use std::cell::OnceCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

/// A byte position in the session's global position space; 0 is "no position".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Pos(pub u32);

impl Pos {
    /// The absent position.
    pub const NONE: Pos = Pos(0);

    /// Whether this is a real position.
    pub fn is_valid(self) -> bool {
        self.0 != 0
    }
}

/// A half-open byte range `[lo, hi)` in the global position space.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    /// First byte.
    pub lo: Pos,
    /// One past the last byte.
    pub hi: Pos,
}

impl Span {
    /// The absent span.
    pub const NONE: Span = Span {
        lo: Pos(0),
        hi: Pos(0),
    };

    /// The span from `lo` to `hi`, both global.
    pub fn new(lo: u32, hi: u32) -> Span {
        Span {
            lo: Pos(lo),
            hi: Pos(hi),
        }
    }

    /// The smallest span that covers both; an absent one is ignored.
    pub fn to(self, other: Span) -> Span {
        if !self.lo.is_valid() {
            return other;
        }
        if !other.lo.is_valid() {
            return self;
        }
        Span {
            lo: self.lo.min(other.lo),
            hi: self.hi.max(other.hi),
        }
    }
}

/// One source text: a file, standard input, a REPL input or a standard-library package's `.gol` text.
#[derive(Debug)]
pub struct SourceFile {
    /// The name shown in diagnostics and stack traces (a path as the user gave it).
    pub name: String,
    /// The whole text.
    pub text: Rc<str>,
    /// Global position of byte 0.
    pub base: u32,
    /// Whether the file is part of gol itself (the standard library): hidden from goroutine dumps' excerpts.
    pub is_std: bool,
    /// The number of its first line: more than 1 in a part of a larger text.
    pub first_line: u32,
    lines: Vec<u32>,
    line_bases: OnceCell<Vec<LineBase>>,
}

/// From where on a `//line` directive says what positions are called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineBase {
    /// The first position it is about.
    pub at: Pos,
    /// The file that position is said to be in; none for the file's own name.
    pub file: Option<String>,
    /// Its line.
    pub line: u32,
    /// Its column, if the directive names one: without, columns are not shown.
    pub col: Option<u32>,
}

/// A position for people: 1-based line and column; columns count bytes, as gc does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineCol {
    /// 1-based line number.
    pub line: u32,
    /// 1-based column in bytes; 0 if a `//line` directive leaves it open.
    pub col: u32,
}

impl fmt::Display for LineCol {
    /// `line:col`, or just `line`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.col {
            0 => write!(f, "{}", self.line),
            col => write!(f, "{}:{col}", self.line),
        }
    }
}

impl SourceFile {
    /// Sets what the file's `//line` directives say, in order. The first call counts.
    pub fn set_line_bases(&self, bases: Vec<LineBase>) {
        let _ = self.line_bases.set(bases);
    }

    /// The file, line and column that a position has by the file's `//line` directives.
    fn shown(&self, pos: Pos) -> (&str, LineCol) {
        let here = self.line_col(pos);
        let bases = self.line_bases.get().map_or(&[][..], Vec::as_slice);
        let n = bases.partition_point(|b| b.at <= pos);
        let Some(base) = n.checked_sub(1).map(|i| &bases[i]) else {
            return (&self.name, here);
        };
        let start = self.line_col(base.at);
        let col = match base.col {
            Some(col) if here.line == start.line => col + here.col - start.col,
            Some(_) => here.col,
            None => 0,
        };
        let line = base.line + here.line - start.line;
        let file = base.file.as_deref().unwrap_or(&self.name);
        (file, LineCol { line, col })
    }

    /// Line and column of a position inside this file.
    pub fn line_col(&self, pos: Pos) -> LineCol {
        let off = pos.0.saturating_sub(self.base);
        let line = self.lines.partition_point(|&s| s <= off);
        LineCol {
            line: line as u32 - 1 + self.first_line,
            col: off - self.lines[line - 1] + 1,
        }
    }

    /// The text of line `n`, without its newline; empty outside the file.
    pub fn line_text(&self, n: u32) -> &str {
        let index = n.checked_sub(self.first_line);
        let Some(&start) = index.and_then(|i| self.lines.get(i as usize)) else {
            return "";
        };
        let rest = &self.text[start as usize..];
        rest.split('\n').next().unwrap_or("").trim_end_matches('\r')
    }

    /// The text of a span inside this file.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[(span.lo.0 - self.base) as usize..(span.hi.0 - self.base) as usize]
    }
}

/// All source texts of a session, in order of their base positions.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<Rc<SourceFile>>,
    /// Names of larger texts, with the line where the next part begins.
    parts: HashMap<String, u32>,
}

/// The position space is full: more than 4 GiB of source in one session.
#[derive(Debug)]
pub struct SourceTooLarge;

impl SourceMap {
    /// From now on a text added under this name is a part of a larger text, of which it begins at line `line`.
    pub fn set_first_line(&mut self, name: &str, line: u32) {
        self.parts.insert(name.to_string(), line);
    }

    /// Adds a text and gives it its range of positions.
    ///
    /// # Errors
    /// When the session's position space (4 GiB) is used up.
    pub fn add(
        &mut self,
        name: &str,
        text: &str,
        is_std: bool,
    ) -> Result<Rc<SourceFile>, SourceTooLarge> {
        let base = self
            .files
            .last()
            .map_or(1, |f| f.base as u64 + f.text.len() as u64 + 1);
        if base + text.len() as u64 + 1 > u32::MAX as u64 {
            return Err(SourceTooLarge);
        }
        let mut lines = vec![0];
        lines.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, b)| *b == b'\n')
                .map(|(i, _)| i as u32 + 1),
        );
        let file = Rc::new(SourceFile {
            name: name.to_string(),
            text: text.into(),
            base: base as u32,
            is_std,
            first_line: self.parts.get(name).copied().unwrap_or(1),
            lines,
            line_bases: OnceCell::new(),
        });
        self.files.push(file.clone());
        Ok(file)
    }

    /// Forgets a text, and the positions in it, if none has been added since.
    pub fn take_back(&mut self, file: &Rc<SourceFile>) {
        self.files.pop_if(|last| Rc::ptr_eq(last, file));
    }

    /// The file that holds `pos`, if any.
    pub fn file(&self, pos: Pos) -> Option<&Rc<SourceFile>> {
        if !pos.is_valid() {
            return None;
        }
        let i = self.files.partition_point(|f| f.base <= pos.0);
        i.checked_sub(1).map(|i| &self.files[i])
    }

    /// `(file name, line, column)` of a position, if it is in a file; as `//line` directives have it.
    pub fn locate(&self, pos: Pos) -> Option<(&str, LineCol)> {
        self.file(pos).map(|f| f.shown(pos))
    }
}
