//! Safepoints: the roots of a collection.
//!
//! Invariants: a collection starts between instructions (or at an allocation's start, its inputs still in registers), never inside a native that
//! runs. Roots are every goroutine's stack up to the end of its innermost frame, its deferred calls and panics, the machine stacks of its suspended natives,
//! pending timers, and the VM's own values. All are scanned conservatively. A channel with waiters is mentioned on their stacks.

use super::gor::{Gor, Resume};
use crate::bytecode::Op;
use crate::mem::Marker;
use crate::program::Program;
use crate::vm::Vm;

/// Collects at the instruction before `regs.ip`.
#[cold]
#[inline(never)]
pub(crate) fn collect(vm: &mut Vm) {
    let ip = vm.regs.ip.wrapping_sub(1);
    collect_at(vm, ip);
}

/// Collects where nothing is being executed: `regs.ip` is the next instruction.
#[cold]
pub(crate) fn collect_preempted(vm: &mut Vm) {
    let ip = vm.regs.ip;
    collect_at(vm, ip);
}

fn collect_at(vm: &mut Vm, ip: *const Op) {
    let Vm {
        heap,
        rt,
        program,
        timers,
        thrown,
        regs,
        g: running,
        ..
    } = vm;
    let mut last = LastFunc::default();
    heap.collect(&mut |m: &mut Marker<'_>| {
        m.word(thrown.data);
        timers.funcs().for_each(|f| m.word(f.word()));
        for g in rt.goroutines() {
            // SAFETY: a live goroutine's payload; nothing else uses it during a collection.
            let gor = unsafe { &*rt.payload(g) };
            let (fp, ip) = match g == *running {
                true => (regs.fp, ip),
                false if gor.resume == Resume::Plain => (gor.fp, gor.ip),
                false => (gor.fp, gor.ip.wrapping_sub(1)),
            };
            let end = gor.offset(fp) as usize + last.frame_slots(program, ip);
            // SAFETY: the stack has `cap` slots.
            unsafe { m.range_conservative(gor.stack, end.min(gor.cap as usize)) };
            mark_ext(m, gor);
        }
    });
    for due in vm.heap.take_due() {
        let f = vm.closure_func(due.closure);
        let [a, b] = due.words;
        let inputs = match due.args {
            0 => &[due.closure][..],
            1 => &[a, due.closure],
            _ => &[a, b, due.closure],
        };
        vm.spawn(f, inputs, None, 0);
    }
}

fn mark_ext(m: &mut Marker<'_>, gor: &Gor) {
    let Some(ext) = &gor.ext else { return };
    // SAFETY: a vector's elements.
    unsafe { m.range_conservative(ext.defers.as_ptr(), ext.defers.len()) };
    for p in &ext.panics {
        m.word(p.value.data);
    }
    for n in &ext.natives {
        let (low, words) = n.live_stack();
        // SAFETY: the part of a suspended coroutine's machine stack that is in use, and a margin of the same mapping below.
        unsafe { m.range_conservative(low, words) };
    }
}

/// The function found last: most goroutines of a large crowd are in the same one.
#[derive(Default)]
struct LastFunc {
    code: std::ops::Range<usize>,
    slots: usize,
}

impl LastFunc {
    /// Slots that a frame executing the instruction at `ip` may use.
    fn frame_slots(&mut self, program: &Program, ip: *const Op) -> usize {
        if self.code.contains(&ip.addr()) {
            return self.slots;
        }
        let Some(f) = program.func_at(ip) else {
            return 8;
        };
        let e = &program.funcs[f.0 as usize];
        self.code = ip.addr()..ip.addr() + 1;
        if let Some(range) = program.code_range(f) {
            self.code = range;
        }
        self.slots = (e.frame_slots as usize).max(usize::from(e.window_slots) + 1);
        self.slots
    }
}
