//! Listings of compiled code.

use crate::bytecode::*;
use crate::program::Program;
use lang::source::SourceMap;
use std::fmt::Write;

/// The code of function `f` as text: source lines, then their instructions.
pub fn listing(p: &Program, sources: &SourceMap, f: FuncId) -> String {
    let (entry, meta) = (&p.funcs[f.0 as usize], &p.metas[f.0 as usize]);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} (f{}): frame {} slots, results {}, window {}, captures {}",
        meta.name, f.0, entry.frame_slots, entry.result_slots, entry.window_slots, entry.captures
    );
    let mut line = 0;
    for (i, op) in meta.code.iter().enumerate() {
        let at = meta.positions.partition_point(|e| e.0 <= i as u32);
        let pos = at.checked_sub(1).map_or(meta.pos, |k| meta.positions[k].1);
        if let Some(file) = sources.file(pos) {
            let now = file.line_col(pos).line;
            if now != line {
                line = now;
                let _ = writeln!(
                    out,
                    "  {}:{line}\t{}",
                    file.name,
                    file.line_text(line).trim()
                );
            }
        }
        let _ = writeln!(out, "    {i:5}  {}", instruction(p, op, i));
    }
    out
}

struct Printer<'p> {
    p: &'p Program,
    at: usize,
    text: String,
    comment: String,
}

/// One instruction as text.
fn instruction(p: &Program, op: &Op, at: usize) -> String {
    let mut v = Printer {
        p,
        at,
        text: format!("{:<12}", op.name()),
        comment: String::new(),
    };
    op.visit(&mut v);
    if v.comment.is_empty() {
        v.text
    } else {
        format!("{:<44}; {}", v.text, v.comment)
    }
}

impl Visitor for Printer<'_> {
    fn operand(&mut self, name: &'static str, o: Operand) {
        let target = |d: i64| format!("→{}", self.at as i64 + 1 + d);
        let shown = match o {
            Operand::Jump16(j) => target(i64::from(j.0)),
            Operand::Jump32(j) => target(i64::from(j.0)),
            o => o.to_string(),
        };
        let _ = write!(self.text, " {name}={shown}");
        match o {
            Operand::FuncId(f) => {
                self.comment = self
                    .p
                    .metas
                    .get(f.0 as usize)
                    .map_or_else(String::new, |m| m.name.clone())
            }
            Operand::TypeIx(t) if t.0 != 0 => {
                self.comment = self
                    .p
                    .types
                    .get(t.0 as usize)
                    .map_or_else(String::new, |t| t.name.clone());
            }
            Operand::NativeIx(n) => {
                self.comment = self
                    .p
                    .natives
                    .get(n.0 as usize)
                    .map_or_else(String::new, |n| n.name.clone())
            }
            Operand::Const(c) => {
                let w = self.p.consts.get(c.0 as usize).copied().unwrap_or(0);
                self.comment = format!("{w:#x}");
            }
            Operand::Site(s) => {
                let site = self.p.sites.get(s.0 as usize);
                let key = site.and_then(|s| self.p.methods.get(s.method.0 as usize));
                self.comment = key.map_or_else(String::new, |m| m.0.clone());
            }
            _ => {}
        }
    }
}
