//! What the VM keeps for a goroutine, and the pool of stacks.
//!
//! Invariants:
//! - `stack` is a block of `cap` slots from the pool; slots 0 and 1 are the outermost frame's header, whose return address is `GoExit`.
//! - While the goroutine is not running, `ip` and `fp` say where it goes on and `resume` what must be done before.
//! - `ext` exists once the goroutine has deferred, panicked or run a native on a stack of its own.
//! - Blocks have a power of two of slots; idle ones of up to `POOLED` slots wait in free lists, threaded through their first slot.

use crate::bytecode::{FuncId, Op};
use crate::exec::defer::PanicRec;
use crate::native::NativeFrame;
use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};

/// What is to be done when a goroutine runs again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Resume {
    /// Go on at `ip`: it was preempted or is new.
    Plain,
    /// Finish the instruction before `ip`, which parked.
    Finish,
    /// Resume the innermost native, which suspended itself.
    Native,
}

/// A goroutine's part of the VM.
pub(crate) struct Gor {
    pub(crate) ip: *const Op,
    pub(crate) fp: *mut u64,
    pub(crate) stack: *mut u64,
    pub(crate) cap: u32,
    pub(crate) resume: Resume,
    pub(crate) ext: Option<Box<Ext>>,
}

const _: () = assert!(size_of::<Gor>() <= 40, "a parked goroutine is small");

/// The rarer parts.
#[derive(Default)]
pub(crate) struct Ext {
    /// Deferred calls, innermost last: see `defer`.
    pub(crate) defers: Vec<u64>,
    /// Panics and Goexits in progress, innermost last.
    pub(crate) panics: Vec<PanicRec>,
    /// Natives on stacks of their own, innermost last.
    pub(crate) natives: Vec<NativeFrame>,
}

/// A goroutine's panics and natives for one walk of its stack, from the innermost frame outwards: each is looked at once.
pub(crate) struct Outward<'g> {
    panics: &'g [PanicRec],
    natives: &'g [NativeFrame],
}

impl<'g> Outward<'g> {
    pub(crate) fn of(gor: &'g Gor) -> Outward<'g> {
        let ext = gor.ext.as_deref();
        Outward {
            panics: ext.map_or(&[], |e| &e.panics),
            natives: ext.map_or(&[], |e| &e.natives),
        }
    }

    /// The panic whose deferred call has its frame at slot `at`.
    pub(crate) fn panic(&mut self, at: u32) -> Option<&'g PanicRec> {
        while let [outer @ .., p] = self.panics {
            self.panics = outer;
            if p.call_fp == at {
                return Some(p);
            }
        }
        None
    }

    /// The native whose call has its frame at slot `at`.
    pub(crate) fn native(&mut self, at: u32) -> Option<&'g NativeFrame> {
        while let [outer @ .., n] = self.natives {
            self.natives = outer;
            if n.call.0 == at {
                return Some(n);
            }
        }
        None
    }
}

/// The return address of a goroutine's outermost frame.
pub(crate) static GO_EXIT: [Op; 1] = [Op::GoExit {}];
/// The return address of a function that a native called.
pub(crate) static NATIVE_RESUME: [Op; 1] = [Op::NativeResume {}];
/// The return address of a deferred call run by a panic or a Goexit.
pub(crate) static UNWIND_NEXT: [Op; 1] = [Op::UnwindNext {}];

impl Gor {
    /// A goroutine with room for `slots` slots behind the outermost header, and no code yet.
    #[inline]
    pub(crate) fn new(pool: &mut StackPool, slots: usize) -> Gor {
        let (stack, cap) = pool.get(slots + 2);
        // SAFETY: the block has at least two slots.
        unsafe {
            *stack = GO_EXIT.as_ptr().addr() as u64;
            *stack.add(1) = 0;
        }
        Gor {
            ip: GO_EXIT.as_ptr(),
            fp: stack.wrapping_add(2),
            stack,
            cap,
            resume: Resume::Plain,
            ext: None,
        }
    }

    /// The rare parts, made on first use.
    #[inline]
    pub(crate) fn ext(&mut self) -> &mut Ext {
        self.ext.get_or_insert_default()
    }

    /// The slot number of an address in the stack.
    #[inline]
    pub(crate) fn offset(&self, p: *const u64) -> u32 {
        ((p.addr() - self.stack.addr()) / 8) as u32
    }
}

const SMALLEST: u32 = 5;
const POOLED: u32 = 12;
const SLAB: usize = 256;

/// The pool of stacks.
pub(crate) struct StackPool {
    free: [*mut u64; (POOLED - SMALLEST + 1) as usize],
    slabs: Vec<*mut u64>,
    #[allow(clippy::vec_box)] // boxes on their way from one goroutine to another
    spare_exts: Vec<Box<Ext>>,
    /// Largest stack in slots.
    pub(crate) max_slots: usize,
    /// Slots of all stacks in use.
    pub(crate) in_use: usize,
}

fn layout(slots: usize) -> Layout {
    Layout::array::<u64>(slots).expect("a stack fits the address space")
}

impl StackPool {
    pub(crate) fn new(max_slots: usize) -> StackPool {
        StackPool {
            free: [std::ptr::null_mut(); (POOLED - SMALLEST + 1) as usize],
            slabs: Vec::new(),
            spare_exts: Vec::new(),
            max_slots,
            in_use: 0,
        }
    }

    /// A block of at least `slots` slots, with its size. Its content is arbitrary but initialised.
    #[inline]
    pub(crate) fn get(&mut self, slots: usize) -> (*mut u64, u32) {
        let log = slots.next_power_of_two().trailing_zeros().max(SMALLEST);
        self.in_use += 1 << log;
        if log <= POOLED {
            let head = &mut self.free[(log - SMALLEST) as usize];
            if !head.is_null() {
                let block = *head;
                // SAFETY: free blocks hold the next free block's address in their first slot.
                *head = unsafe { *block } as *mut u64;
                return (block, 1 << log);
            }
            if log == SMALLEST {
                return (self.carve(), 1 << log);
            }
        }
        (fresh(1 << log), 1 << log)
    }

    /// Gives a block back.
    #[inline]
    pub(crate) fn put(&mut self, block: *mut u64, slots: u32) {
        let log = slots.trailing_zeros();
        self.in_use -= slots as usize;
        if log <= POOLED {
            let head = &mut self.free[(log - SMALLEST) as usize];
            // SAFETY: the block is ours and nobody uses it any more.
            unsafe { *block = head.addr() as u64 };
            *head = block;
        } else {
            // SAFETY: blocks of this size come from `fresh` with this layout.
            unsafe { dealloc(block.cast(), layout(slots as usize)) };
        }
    }

    /// Cuts a slab into smallest blocks and gives the first.
    #[cold]
    fn carve(&mut self) -> *mut u64 {
        let size = 1usize << SMALLEST;
        let slab = fresh(size * SLAB);
        self.slabs.push(slab);
        for i in 1..SLAB {
            let block = slab.wrapping_add(i * size);
            // SAFETY: within the slab just allocated.
            unsafe { *block = self.free[0].addr() as u64 };
            self.free[0] = block;
        }
        slab
    }

    /// Takes over what a dead goroutine leaves.
    #[inline]
    pub(crate) fn bury(&mut self, gor: Gor) {
        self.put(gor.stack, gor.cap);
        if let Some(mut ext) = gor.ext
            && self.spare_exts.len() < 64
        {
            ext.defers.clear();
            ext.panics.clear();
            self.spare_exts.push(ext);
        }
    }

    /// An empty `Ext`, a used one if there is one.
    #[inline]
    pub(crate) fn ext(&mut self) -> Box<Ext> {
        self.spare_exts.pop().unwrap_or_default()
    }
}

impl Drop for StackPool {
    /// Gives everything back that is idle; stacks in use must have come back before.
    fn drop(&mut self) {
        for log in SMALLEST + 1..=POOLED {
            let mut block = self.free[(log - SMALLEST) as usize];
            while !block.is_null() {
                // SAFETY: free blocks hold the next one's address in their first slot; all but the smallest come from `fresh` with this layout.
                unsafe {
                    let next = *block as *mut u64;
                    dealloc(block.cast(), layout(1 << log));
                    block = next;
                }
            }
        }
        for &slab in &self.slabs {
            // SAFETY: slabs come from `fresh` with this layout; the smallest blocks are parts of them.
            unsafe { dealloc(slab.cast(), layout((1 << SMALLEST) * SLAB)) };
        }
    }
}

fn fresh(slots: usize) -> *mut u64 {
    let layout = layout(slots);
    // SAFETY: the layout has a size above zero.
    let block = unsafe { alloc_zeroed(layout) }.cast::<u64>();
    if block.is_null() {
        handle_alloc_error(layout);
    }
    block
}

impl crate::vm::Vm {
    /// Gives the running goroutine a stack that holds at least `need` slots, moving everything; false if that is more than a
    /// goroutine may have. `regs` are adjusted.
    pub(crate) fn grow_stack(&mut self, need: usize) -> bool {
        if need > self.stacks.max_slots {
            return false;
        }
        let cap = self.cur().cap;
        let want = need
            .max(cap as usize * 2)
            .min(self.stacks.max_slots.next_power_of_two());
        let (block, new_cap) = self.stacks.get(want);
        let gor = self.cur();
        let old = gor.stack;
        // SAFETY: both blocks hold `cap` slots and are distinct.
        unsafe { std::ptr::copy_nonoverlapping(old, block, cap as usize) };
        let fp = gor.offset(self.regs.fp);
        gor.stack = block;
        gor.cap = new_cap;
        self.regs.fp = block.wrapping_add(fp as usize);
        self.regs.end = block.wrapping_add(new_cap as usize);
        self.stacks.put(old, cap);
        true
    }

    /// Makes a goroutine for function `f` with its inputs (parameters, then context words), and gives it the run-next slot.
    pub(crate) fn spawn(
        &mut self,
        f: FuncId,
        inputs: &[u64],
        creator: Option<chanrt::Gp>,
        site: u32,
    ) -> chanrt::Gp {
        let entry = self.program.funcs[f.0 as usize];
        let results = entry.result_slots as usize;
        let mut gor = Gor::new(
            &mut self.stacks,
            (entry.frame_slots as usize).max(results + inputs.len()),
        );
        gor.ip = entry.code;
        // SAFETY: the stack has room for the frame behind the header.
        unsafe {
            std::ptr::write_bytes(gor.fp, 0, results);
            std::ptr::copy_nonoverlapping(inputs.as_ptr(), gor.fp.add(results), inputs.len());
        }
        self.rt.newproc(creator, site, gor)
    }
}
