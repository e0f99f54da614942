//! Liveness: which registers of a frame may still be read. Explicit collections keep only what those reach.
//!
//! Invariants:
//! - A register counts as live wherever some path reads it before it is certainly overwritten. Reads are never underestimated: an operand that no
//!   rule below narrows is taken to read up to the end of the frame; writes count only where an op surely writes all those slots.
//! - What a recovered panic goes on with is live throughout its function.
//! - Rows belong to code, which never moves or changes; code without rows (too large, stubs, the engine's own) is scanned conservatively.

use crate::bytecode::*;
use crate::program::Program;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Words of rows that one function may have.
const MOST_WORDS: usize = 1 << 16;

/// The rows computed so far, by the address of a function's code.
#[derive(Default)]
pub(crate) struct Liveness {
    known: FxHashMap<usize, Option<Rows>>,
    last: (Range<usize>, usize),
}

/// A function's rows: per instruction one bit for every slot that is live before it.
struct Rows {
    start: usize,
    len: usize,
    words: usize,
    bits: Vec<u64>,
    succ: Vec<Vec<usize>>,
}

/// The registers that may be read in a frame from an instruction on.
pub(crate) struct Live(Vec<u64>);

impl Live {
    /// Whether slot `i` may be read. Slots beyond the frame may.
    pub(crate) fn has(&self, i: usize) -> bool {
        self.0.get(i / 64).is_none_or(|w| w >> (i % 64) & 1 != 0)
    }
}

impl Liveness {
    /// What is live in a frame that goes on at `next`, or that is still executing the instruction before. `None` if that is unknown.
    pub(crate) fn at(&mut self, p: &Program, next: *const Op) -> Option<Live> {
        if !self.last.0.contains(&next.addr()) {
            let f = p.func_at(next)?;
            let before = p.func_at(next.wrapping_sub(1));
            if before.is_some_and(|b| b != f) {
                return None; // the end of one function's code, or the beginning of another's right behind it
            }
            let range = p.code_range(f).filter(|r| r.contains(&next.addr()))?;
            self.known
                .entry(range.start)
                .or_insert_with(|| Rows::of(p, f));
            self.last = (range.clone(), range.start);
        }
        let rows = self.known.get(&self.last.1)?.as_ref()?;
        let i = (next.addr() - rows.start) / size_of::<Op>();
        let mut live = rows.row(i).to_vec();
        if i > 0 {
            for at in rows.succ[i - 1].iter().copied().chain([i - 1]) {
                union(&mut live, rows.row(at));
            }
        }
        Some(Live(live))
    }
}

fn union(to: &mut [u64], from: &[u64]) -> bool {
    let mut grown = false;
    for (a, b) in to.iter_mut().zip(from) {
        grown |= *b & !*a != 0;
        *a |= b;
    }
    grown
}

fn set(bits: &mut [u64], slots: Range<usize>) {
    for i in slots {
        bits[i / 64] |= 1 << (i % 64);
    }
}

impl Rows {
    fn of(p: &Program, f: FuncId) -> Option<Rows> {
        let (entry, meta) = (&p.funcs[f.0 as usize], &p.metas[f.0 as usize]);
        let (len, slots) = (meta.code.len(), entry.frame_slots as usize);
        let words = slots.div_ceil(64);
        if len * words > MOST_WORDS {
            return None;
        }
        let effects: Vec<Effect> = meta
            .code
            .iter()
            .map(|op| Effect::of(p, f, op, slots))
            .collect();
        let succ = (0..len).map(|i| successors(p, &meta.code, i)).collect();
        let mut rows = Rows {
            start: entry.code.addr(),
            len,
            words,
            bits: vec![0; len * words],
            succ,
        };
        rows.solve(&effects);
        if meta.on_recover != 0 {
            let always = rows.row(meta.on_recover as usize).to_vec();
            for i in 0..len {
                union(rows.row_mut(i), &always);
            }
        }
        Some(rows)
    }

    fn row(&self, i: usize) -> &[u64] {
        &self.bits[i * self.words..(i + 1) * self.words]
    }

    fn row_mut(&mut self, i: usize) -> &mut [u64] {
        &mut self.bits[i * self.words..(i + 1) * self.words]
    }

    /// Goes over the code backwards until nothing grows.
    fn solve(&mut self, effects: &[Effect]) {
        let mut grown = true;
        let mut live = vec![0; self.words];
        while grown {
            grown = false;
            for i in (0..self.len).rev() {
                live.fill(0);
                for &s in &self.succ[i] {
                    union(&mut live, self.row(s));
                }
                for slot in effects[i].kills.clone() {
                    live[slot / 64] &= !(1 << (slot % 64));
                }
                for r in &effects[i].reads {
                    set(&mut live, r.clone());
                }
                grown |= union(self.row_mut(i), &live);
            }
        }
    }
}

/// The instructions that may follow instruction `i`.
fn successors(p: &Program, code: &[Op], i: usize) -> Vec<usize> {
    struct Jumps(Vec<i32>);
    impl Visitor for Jumps {
        fn operand(&mut self, _: &'static str, o: Operand) {
            match o {
                Operand::Jump16(Jump16(d)) => self.0.push(i32::from(d)),
                Operand::Jump32(Jump32(d)) => self.0.push(d),
                _ => {}
            }
        }
    }
    let mut jumps = Jumps(Vec::new());
    code[i].visit(&mut jumps);
    match code[i] {
        Op::Ret {} | Op::Ret1 { .. } | Op::RetAdd { .. } | Op::Jmp { .. } => {}
        Op::JmpTable { t, .. } => jumps.0.extend(p.tables[t.0 as usize].iter()),
        Op::SkipIfType { .. } | Op::SkipIfImpl { .. } => jumps.0.extend([0, 1]),
        _ => jumps.0.push(0),
    }
    let at = |d: i32| (i as i64 + 1 + i64::from(d)) as usize;
    let mut to: Vec<usize> = jumps.0.into_iter().map(at).collect();
    to.retain(|&t| t < code.len());
    to
}

/// What an instruction reads and what it surely overwrites.
struct Effect {
    reads: Vec<Range<usize>>,
    kills: Range<usize>,
}

impl Effect {
    fn of(p: &Program, f: FuncId, op: &Op, slots: usize) -> Effect {
        let mut reads = reads(p, f, op, slots);
        for r in &mut reads {
            *r = r.start.min(slots)..r.end.min(slots);
        }
        let kills = kills(op);
        Effect {
            reads,
            kills: kills.start.min(slots)..kills.end.min(slots),
        }
    }
}

fn slots_of(bytes: Bytes16) -> usize {
    usize::from(bytes.0).div_ceil(8)
}

/// The registers that an instruction may read.
fn reads(p: &Program, f: FuncId, op: &Op, slots: usize) -> Vec<Range<usize>> {
    let from = |r: u16| usize::from(r)..slots;
    let some = |r: u16, n: usize| usize::from(r)..usize::from(r) + n;
    // What a function's window holds besides its results; a closure's address comes last.
    let window = |w: usize, f: u32| {
        let f = &p.funcs[f as usize];
        w + usize::from(f.result_slots)
            ..w + usize::from(f.window_slots) + usize::from(f.captures > 0)
    };
    match *op {
        Op::Ret {} => vec![some(0, usize::from(p.funcs[f.0 as usize].result_slots))],
        Op::CompileMe { .. } | Op::NativeBody { .. } | Op::GoExit {} => vec![from(0)],
        Op::Closure { d, .. } => vec![from(d.0)],
        Op::FrameAddr { s, .. } => vec![from(s.0)],
        Op::MoveN { s, n, .. } => vec![some(s.0, usize::from(n.0))],
        Op::StN { p, s, n } => vec![some(p.0, 1), some(s.0, slots_of(n))],
        Op::Send { c, v } | Op::TrySend { c, v, .. } => vec![some(c.0, 1), from(v.0)],
        Op::MapSet { m, k, v } => vec![some(m.0, 1), from(k.0), from(v.0)],
        Op::MapGet { m, k, .. }
        | Op::MapGet2 { m, k, .. }
        | Op::MapAddr { m, k, .. }
        | Op::MapDel { m, k } => vec![some(m.0, 1), from(k.0)],
        Op::Call { w, f } => vec![window(w.0.into(), f.0)],
        Op::CallAddI { s, w, f, .. } => {
            vec![some(s.0.into(), 1), window(w.0.into(), f.0.into())]
        }
        Op::CallC { w, c, ctx } => vec![some(w.0, usize::from(ctx.0) + 1), some(c.0, 1)],
        Op::CallI { w, s } => {
            let site = &p.sites[s.0 as usize];
            vec![some(w.0, usize::from(site.ctx) + 1), some(site.iface.0, 2)]
        }
        Op::CallN { w, n } => {
            let n = &p.natives[n.0 as usize];
            vec![some(
                w.0 + n.result_slots,
                usize::from(n.window_slots - n.result_slots),
            )]
        }
        Op::Print { f, s } => vec![some(s.0, printed(f))],
        Op::TryRecv { c, .. } => vec![some(c.0, 1)],
        Op::Select { s, .. } => {
            let cases = &p.selects[s.0 as usize].cases;
            let chans = cases.iter().map(|c| some(c.chan.0, 1));
            let sent = cases.iter().filter(|c| c.send);
            chans
                .chain(sent.filter_map(|c| c.value.map(from)))
                .collect()
        }
        _ => operands_read(op, slots),
    }
}

/// The registers that the operands of an instruction show to be read: windows without bound, `Src` one slot or at most 3 (a slice).
fn operands_read(op: &Op, slots: usize) -> Vec<Range<usize>> {
    struct Read(Vec<Range<usize>>, usize, usize);
    impl Visitor for Read {
        fn operand(&mut self, _: &'static str, o: Operand) {
            let (r, n) = match o {
                Operand::Src(Src(r)) => (usize::from(r), self.2),
                Operand::Src8(Src8(r)) => (usize::from(r), 3),
                Operand::Win(Win(r)) => (usize::from(r), self.1),
                Operand::FrameByte(FrameByte(b)) => (b as usize / 8, 1),
                _ => return,
            };
            self.0.push(r..(r + n).min(self.1).max(r));
        }
    }
    let width = if is_scalar(op) { 1 } else { 3 };
    let mut read = Read(Vec::new(), slots, width);
    op.visit(&mut read);
    read.0
}

/// The registers that an instruction overwrites whenever it does not panic. Ops that are not named overwrite none.
fn kills(op: &Op) -> Range<usize> {
    let some = |d: Dst, n: usize| usize::from(d.0)..usize::from(d.0) + n;
    match *op {
        Op::Move { d, .. }
        | Op::LoadI { d, .. }
        | Op::LoadC { d, .. }
        | Op::AddI { d, .. }
        | Op::AddI64 { d, .. }
        | Op::Ld64 { d, .. }
        | Op::LdG64 { d, .. }
        | Op::Idx64 { d, .. }
        | Op::IdxAddr { d, .. }
        | Op::PIdxAddr { d, .. }
        | Op::AddPtr { d, .. }
        | Op::New { d, .. }
        | Op::Closure { d, .. } => some(d, 1),
        Op::Move2 { d, .. }
        | Op::LoadC2 { d, .. }
        | Op::Ld2 { d, .. }
        | Op::Idx2 { d, .. }
        | Op::Cat { d, .. } => some(d, 2),
        Op::Move3 { d, .. } | Op::Ld3 { d, .. } | Op::Idx3 { d, .. } => some(d, 3),
        Op::MoveN { d, n, .. } | Op::Zero { d, n } => some(d, usize::from(n.0)),
        Op::LdN { d, n, .. } => some(d, slots_of(n)),
        Op::Select { w, .. } => usize::from(w.0)..usize::from(w.0) + 2,
        _ => 0..0,
    }
}

/// How many slots `print` reads.
fn printed(f: PrintFn) -> usize {
    match f {
        PrintFn::Space | PrintFn::Newline => 0,
        PrintFn::Str | PrintFn::Complex | PrintFn::Iface => 2,
        PrintFn::Slice => 3,
        _ => 1,
    }
}

/// Whether every register that the instruction reads by an `Src` operand is read alone.
#[rustfmt::skip]
fn is_scalar(op: &Op) -> bool {
    matches!(
        op,
        Op::Nop { .. } | Op::Move { .. } | Op::LoadI { .. } | Op::LoadC { .. } | Op::LoadC2 { .. } | Op::Zero { .. } | Op::FLdI8 { .. }
        | Op::FLdU8 { .. } | Op::FLdI16 { .. } | Op::FLdU16 { .. } | Op::FLdI32 { .. } | Op::FLdU32 { .. } | Op::FSt8 { .. }
        | Op::FSt16 { .. } | Op::FSt32 { .. } | Op::AddI64 { .. } | Op::SubI64 { .. } | Op::MulI64 { .. } | Op::DivI64 { .. }
        | Op::RemI64 { .. } | Op::DivU64 { .. } | Op::RemU64 { .. } | Op::And { .. } | Op::Or { .. } | Op::Xor { .. } | Op::AndNot { .. }
        | Op::Shl { .. } | Op::ShrI64 { .. } | Op::ShrU64 { .. } | Op::CheckShift { .. } | Op::AddI { .. } | Op::MulI { .. }
        | Op::DivI { .. } | Op::RemI { .. } | Op::AndI { .. } | Op::OrI { .. } | Op::XorI { .. } | Op::ShlI { .. } | Op::ShrI { .. }
        | Op::ShrUI { .. } | Op::NegI64 { .. } | Op::Com { .. } | Op::Not { .. } | Op::SextI8 { .. } | Op::SextI16 { .. }
        | Op::SextI32 { .. } | Op::ZextU8 { .. } | Op::ZextU16 { .. } | Op::ZextU32 { .. } | Op::AddF64 { .. } | Op::SubF64 { .. }
        | Op::MulF64 { .. } | Op::DivF64 { .. } | Op::NegF64 { .. } | Op::AddF32 { .. } | Op::SubF32 { .. } | Op::MulF32 { .. }
        | Op::DivF32 { .. } | Op::NegF32 { .. } | Op::MathF64 { .. } | Op::EqI64 { .. } | Op::NeI64 { .. } | Op::LtI64 { .. }
        | Op::LeI64 { .. } | Op::LtU64 { .. } | Op::LeU64 { .. } | Op::EqF64 { .. } | Op::LtF64 { .. } | Op::LeF64 { .. }
        | Op::EqF32 { .. } | Op::LtF32 { .. } | Op::LeF32 { .. } | Op::JmpT { .. } | Op::JmpF { .. } | Op::JEq { .. } | Op::JNe { .. }
        | Op::JLt { .. } | Op::JLe { .. } | Op::JLtU { .. } | Op::JLeU { .. } | Op::JEqI { .. } | Op::JNeI { .. } | Op::JLtI { .. }
        | Op::JLeI { .. } | Op::JGtI { .. } | Op::JGeI { .. } | Op::JLtF64 { .. } | Op::JLeF64 { .. } | Op::JNLtF64 { .. }
        | Op::JNLeF64 { .. } | Op::IncJLt { .. } | Op::IncJLtI { .. } | Op::IncJLe { .. } | Op::JmpTable { .. } | Op::LdI8 { .. }
        | Op::LdU8 { .. } | Op::LdI16 { .. } | Op::LdU16 { .. } | Op::LdI32 { .. } | Op::LdU32 { .. } | Op::Ld64 { .. } | Op::Ld2 { .. }
        | Op::Ld3 { .. } | Op::LdN { .. } | Op::St8 { .. } | Op::St16 { .. } | Op::St32 { .. } | Op::St64 { .. } | Op::AddMem { .. }
        | Op::AddMemI { .. } | Op::AddMemF64 { .. } | Op::SubMemF64 { .. } | Op::AddF64Mem { .. } | Op::SubF64Mem { .. }
        | Op::MulF64Mem { .. } | Op::AddPtr { .. } | Op::NilCheck { .. } | Op::LdG64 { .. } | Op::StG64 { .. } | Op::Bound { .. }
        | Op::PIdxAddr { .. } | Op::MapClear { .. } | Op::MapLen { .. } | Op::Ret1 { .. } | Op::RetAdd { .. } | Op::Recv { .. }
        | Op::RecvX { .. } | Op::Recv2 { .. } | Op::RangeChan { .. } | Op::Close { .. } | Op::ChanLen { .. } | Op::ChanCap { .. }
    )
}
