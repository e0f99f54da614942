//! Safepoints: the roots of a collection.
//!
//! Invariants: a collection starts between instructions (or at an allocation's start, its inputs still in registers), never inside a native that
//! runs. Roots are every goroutine's stack up to the end of its innermost frame, its deferred calls and panics, the machine stacks of its suspended natives,
//! pending timers, and the VM's own values. All are scanned conservatively, but that an explicit collection (and every one under stress) leaves out
//! registers that no instruction will read any more (`live`). A channel with waiters is a root.

use super::gor::{Gor, NATIVE_RESUME, Outward, UNWIND_NEXT};
use super::live::Liveness;
use crate::bytecode::Op;
use crate::mem::Marker;
use crate::program::Program;
use crate::vm::Vm;
use chanrt::Gp;

/// Collects at the instruction before `regs.ip`.
#[cold]
#[inline(never)]
pub(crate) fn collect(vm: &mut Vm) {
    let precise = vm.options.gc_stress;
    let running = Some(vm.g);
    collect_at(vm, precise, running);
}

/// `runtime.GC`: also finds what only dead registers refer to. Says whether it started finalizers.
#[cold]
pub(crate) fn collect_precisely(vm: &mut Vm) -> bool {
    let running = Some(vm.g);
    collect_at(vm, true, running)
}

/// A precise collection while no goroutine runs.
pub(crate) fn collect_at_rest(vm: &mut Vm) {
    collect_at(vm, true, None);
}

fn collect_at(vm: &mut Vm, precise: bool, running: Option<Gp>) -> bool {
    let Vm {
        heap,
        rt,
        program,
        timers,
        thrown,
        regs,
        liveness,
        session,
        ..
    } = vm;
    let mut last = LastFunc::default();
    heap.collect(&mut |m: &mut Marker<'_>| {
        m.word(thrown.data);
        timers.funcs().for_each(|f| m.word(f.word()));
        for g in rt.goroutines() {
            // SAFETY: a live goroutine's payload; nothing else uses it during a collection.
            let gor = unsafe { &*rt.payload(g) };
            let (fp, ip) = match Some(g) == running {
                true => (regs.fp, regs.ip),
                false => (gor.fp, gor.ip),
            };
            let end = last.top(program, gor, fp, ip);
            let precise = precise.then_some(&mut *liveness);
            if precise.is_some() {
                rt.each_wait(g, |addr| m.word(addr as u64));
            }
            mark_stack(m, gor, Place { ip, fp, end }, program, precise);
        }
    });
    if let Some(s) = session {
        s.chans.retain(|&c| heap.is_heap_address(c));
    }
    let due = vm.heap.take_due();
    let any = !due.is_empty();
    for due in due {
        let f = vm.closure_func(due.closure);
        let [a, b] = due.words;
        let inputs = match due.args {
            0 => &[due.closure][..],
            1 => &[a, due.closure],
            _ => &[a, b, due.closure],
        };
        vm.spawn(f, inputs, None, 0);
    }
    any
}

/// Shows what the stack of a goroutine that is at `at` holds; with liveness, without its dead registers.
fn mark_stack(
    m: &mut Marker<'_>,
    gor: &Gor,
    at: Place,
    program: &Program,
    liveness: Option<&mut Liveness>,
) {
    let end = match liveness {
        Some(liveness) => mark_frames(m, gor, at, program, liveness),
        None => at.end,
    };
    // SAFETY: the stack has `cap` slots, of which `end` is at most one.
    unsafe { m.range_conservative(gor.stack, end) };
    mark_ext(m, gor);
}

/// Shows what a goroutine that does not run holds in its live registers.
pub(crate) fn mark_at_rest(
    m: &mut Marker<'_>,
    gor: &Gor,
    program: &Program,
    liveness: &mut Liveness,
) {
    let (ip, fp) = (gor.ip, gor.fp);
    let end = LastFunc::default().top(program, gor, fp, ip);
    mark_stack(m, gor, Place { ip, fp, end }, program, Some(liveness));
}

/// A frame: where it goes on, where it lies, and the slot (from the stack's base) at which something else begins.
struct Place {
    ip: *const Op,
    fp: *mut u64,
    end: usize,
}

/// Shows what is live in the frames of a goroutine from the innermost on. Answers how many slots at the stack's base are left: the frames outside
/// of one whose place is not known.
fn mark_frames(
    m: &mut Marker<'_>,
    gor: &Gor,
    mut at: Place,
    program: &Program,
    liveness: &mut Liveness,
) -> usize {
    let mut outward = Outward::of(gor);
    loop {
        let Some(live) = liveness.at(program, at.ip) else {
            return at.end;
        };
        let base = gor.offset(at.fp) as usize;
        // SAFETY: `end` is within the stack.
        unsafe { m.range_where(at.fp, at.end.saturating_sub(base), |i| live.has(i)) };
        let Some(caller) = caller(gor, &at, &mut outward) else {
            return base - 2;
        };
        at = caller;
    }
}

/// The frame that made the call at which a frame runs; `None` for the outermost and for calls that the machine itself made.
fn caller(gor: &Gor, at: &Place, outward: &mut Outward<'_>) -> Option<Place> {
    let base = gor.offset(at.fp);
    // SAFETY: `fp` is a frame, whose header is in place.
    let (ret, dist) = unsafe { (*at.fp.sub(2) as *const Op, *at.fp.sub(1) as usize) };
    let ip = if std::ptr::eq(ret, UNWIND_NEXT.as_ptr()) {
        outward.panic(base)?.ip
    } else if std::ptr::eq(ret, NATIVE_RESUME.as_ptr()) {
        outward.native(base)?.ret_ip
    } else if Vm::is_go_exit(ret) {
        return None;
    } else {
        ret
    };
    let (fp, end) = (at.fp.wrapping_sub(dist), base as usize - 2);
    Some(Place { ip, fp, end })
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
    /// The slot at which the innermost frame of a goroutine ends.
    fn top(&mut self, program: &Program, gor: &Gor, fp: *mut u64, ip: *const Op) -> usize {
        let top = gor.offset(fp) as usize + self.frame_slots(program, ip);
        top.min(gor.cap as usize)
    }

    /// Slots that a frame going on at `ip` may use.
    fn frame_slots(&mut self, program: &Program, ip: *const Op) -> usize {
        if self.code.contains(&ip.addr()) {
            return self.slots;
        }
        let found = program.func_at(ip);
        let Some(f) = found.or_else(|| program.func_at(ip.wrapping_sub(1))) else {
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
