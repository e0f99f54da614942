//! Who can get at a channel: for explanations of why somebody waits.
//!
//! Invariants: called while no goroutine runs; only memory is looked at. A goroutine gets at what its live registers lead to, and at
//! the package-level variables that the code of its frames, or of functions called there, mentions; code that has not been compiled yet is not looked at.

use super::gc::mark_at_rest;
use super::trace::Frame;
use crate::bytecode::*;
use crate::program::Program;
use crate::vm::Vm;
use chanrt::Gp;
use lang::types::ObjId;
use rustc_hash::FxHashSet;

/// Goroutines that are asked.
const MOST: usize = 200;
/// Functions of one goroutine whose code is looked through.
const FUNCS: usize = 2000;

impl Vm {
    /// The goroutines that can get at the heap block at `addr`; `variables` are the addresses of package-level variables that lead to it.
    pub fn who_reaches(&mut self, addr: u64, variables: &[u64]) -> Vec<u64> {
        let all: Vec<Gp> = self.rt.goroutines().take(MOST).collect();
        all.into_iter()
            .filter(|&g| self.holds(g, addr) || self.mentions(g, variables))
            .map(Gp::goid)
            .collect()
    }

    /// The address of a package-level variable, if what it holds leads to `addr` or if that is within it.
    pub fn variable_leading_to(&mut self, var: ObjId, addr: u64) -> Option<u64> {
        let v = self.global(var)?;
        let (at, size) = (v.addr()?, v.rtype().size);
        let found = self.heap.reaches(&[addr], &mut |m| {
            // SAFETY: a package-level variable stays in place, is aligned to 8 and has whole words before anything else begins.
            unsafe { m.range_conservative(at as *const u64, size as usize / 8) };
        });
        (found[0] || (at..at + size).contains(&addr)).then_some(at)
    }

    fn holds(&mut self, g: Gp, addr: u64) -> bool {
        let Vm {
            heap,
            rt,
            program,
            liveness,
            ..
        } = self;
        // SAFETY: a live goroutine's payload; nothing else uses it meanwhile.
        let gor = unsafe { &*rt.payload(g) };
        let found = heap.reaches(&[addr], &mut |m| mark_at_rest(m, gor, program, liveness));
        found[0]
    }

    fn mentions(&self, g: Gp, variables: &[u64]) -> bool {
        let frames = self.parked_frames(g);
        let mut todo: Vec<FuncId> = frames
            .iter()
            .filter_map(|f| match f {
                Frame::Go(f, _) => Some(*f),
                Frame::Panic | Frame::Goexit => None,
            })
            .collect();
        let mut seen: FxHashSet<u32> = todo.iter().map(|f| f.0).collect();
        while let Some(f) = todo.pop() {
            let mut code = Mentioned::of(&self.program, f);
            if code.words.iter().any(|w| variables.contains(w)) {
                return true;
            }
            code.funcs
                .retain(|f| seen.len() < FUNCS && seen.insert(f.0));
            todo.append(&mut code.funcs);
        }
        false
    }
}

/// What a function's code mentions.
struct Mentioned<'p> {
    program: &'p Program,
    funcs: Vec<FuncId>,
    words: Vec<u64>,
}

impl<'p> Mentioned<'p> {
    fn of(program: &'p Program, f: FuncId) -> Mentioned<'p> {
        let mut found = Mentioned {
            program,
            funcs: Vec::new(),
            words: Vec::new(),
        };
        if let Some(meta) = program.metas.get(f.0 as usize) {
            meta.code.iter().for_each(|op| op.visit(&mut found));
        }
        found
    }
}

impl Visitor for Mentioned<'_> {
    fn operand(&mut self, _: &'static str, o: Operand) {
        match o {
            Operand::FuncId(f) => self.funcs.push(f),
            Operand::FuncId16(f) => self.funcs.push(FuncId(f.0.into())),
            Operand::Const(c) => self
                .words
                .extend(self.program.consts.get(c.0 as usize).copied()),
            _ => {}
        }
    }
}
