//! Natives on stacks of their own.
//!
//! Invariants:
//! - A stackful native is a coroutine. It runs inside `resume` on the interpreter's behalf and gives control back by a [`Request`]; the
//!   interpreter answers with a [`Reply`] when it resumes it. Its `NativeFrame` sits on the goroutine's native stack (the list), in
//!   nesting order, each above the Go frame that called it.
//! - While it is suspended its machine stack is scanned conservatively from `sp` up, so handles it holds stay alive.
//! - Dropping a `NativeFrame` whose native has not ended unwinds that machine stack: this is how panics and Goexit pass through it.

use super::{Cx, Flow, Iface, NativeFn};
use corosensei::stack::{DefaultStack, Stack};
use corosensei::{Coroutine, CoroutineResult, Yielder};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What a native on its own stack asks of the interpreter.
pub(crate) enum Request {
    /// Call the function value or function at the top of the stack; the window is prepared from these words.
    Call(super::call::Prepared),
    /// The goroutine has been parked; resume me when it runs again.
    Parked,
}

/// The interpreter's answer.
pub(crate) enum Reply {
    /// Start, or go on after parking.
    Go,
    /// The called function returned; its result words.
    Results(Vec<u64>),
    /// The called function panicked with this value, and the native had asked to catch that.
    Panicked(Iface),
}

type Co = Coroutine<Reply, Request, Flow, DefaultStack>;

/// A running or suspended native with its machine stack.
pub(crate) struct NativeFrame {
    co: Option<Co>,
    /// Window of the native, in slots from the stack's base.
    pub(crate) win: u32,
    /// Where the Go frame goes on when the native is done.
    pub(crate) ret_ip: *const crate::bytecode::Op,
    /// The Go frame that called the native, in slots from the stack's base.
    pub(crate) fp: u32,
    /// First result slot and number of result slots of the Go call in progress, from the stack's base.
    pub(crate) call: (u32, u16),
    /// Whether the call in progress catches panics.
    pub(crate) catches: bool,
    /// How many deferred calls the goroutine had when the call in progress began.
    pub(crate) defers: usize,
    sp: usize,
    top: usize,
}

/// Idle machine stacks.
#[derive(Default)]
pub(crate) struct NativeStacks {
    free: Vec<DefaultStack>,
}

const STACK_SIZE: usize = 256 << 10;
const KEEP: usize = 64;

impl NativeStacks {
    fn get(&mut self) -> DefaultStack {
        self.free
            .pop()
            .or_else(|| DefaultStack::new(STACK_SIZE).ok())
            .expect("no address space left for a native's stack")
    }

    /// Ends a native, unwinding it if it has not ended itself, and keeps its machine stack for another.
    pub(crate) fn put(&mut self, mut frame: NativeFrame) {
        if let Some(mut co) = frame.co.take() {
            co.force_unwind();
            if self.free.len() < KEEP {
                self.free.push(co.into_stack());
            }
        }
    }
}

/// What resuming a native gave.
pub(crate) enum Resumed {
    /// It wants something and is suspended.
    Asks(Request),
    /// It ended.
    Ended(Flow),
    /// It ended by dereferencing a nil Go pointer.
    NilDeref,
}

/// Marks a nil dereference in a coroutine's return value.
const NIL_DEREF: Flow = Flow::NeedStack;

impl NativeFrame {
    /// Prepares native `f` on the window at slot `win`; `cx` is its context but for the yielder.
    pub(crate) fn new(
        stacks: &mut NativeStacks,
        f: NativeFn,
        cx: Cx<'static>,
        win: u32,
        fp: u32,
        ret_ip: *const crate::bytecode::Op,
    ) -> NativeFrame {
        let stack = stacks.get();
        let top = stack.base().get();
        let mut cx = cx;
        let co = Co::with_stack(stack, move |yielder: &Yielder<Reply, Request>, _go| {
            cx.yielder = yielder;
            match catch_unwind(AssertUnwindSafe(|| f(&mut cx))) {
                Ok(flow) => flow,
                Err(payload) if payload.is::<super::GoNilDeref>() => NIL_DEREF,
                Err(payload) => resume_unwind(payload),
            }
        });
        NativeFrame {
            co: Some(co),
            win,
            ret_ip,
            fp,
            call: (0, 0),
            catches: false,
            defers: 0,
            sp: top,
            top,
        }
    }

    /// Runs the native until it suspends or ends.
    ///
    /// # Safety
    /// `this` is the top of the running goroutine's native stack. (A raw pointer, because the native notes its stack depth there.)
    pub(crate) unsafe fn resume(this: *mut NativeFrame, reply: Reply) -> Resumed {
        // SAFETY: the caller's contract; no reference is held while the native runs, and it pushes and pops no frames itself.
        let mut co = unsafe { (*this).co.take() }.expect("a native that has not ended");
        let out = co.resume(reply);
        // SAFETY: as above.
        unsafe { (*this).co = Some(co) };
        match out {
            CoroutineResult::Yield(request) => Resumed::Asks(request),
            CoroutineResult::Return(NIL_DEREF) => Resumed::NilDeref,
            CoroutineResult::Return(flow) => Resumed::Ended(flow),
        }
    }

    /// Notes how deep the machine stack is; the native calls it just before it suspends.
    pub(crate) fn note_sp(&mut self, sp: usize) {
        self.sp = sp;
    }

    /// The part of the machine stack that may hold handles while the native is suspended: address and words.
    pub(crate) fn live_stack(&self) -> (*const u64, usize) {
        let low = (self.sp & !7) - RED_ZONE;
        (low as *const u64, (self.top - low) / 8)
    }
}

/// What a suspension pushes below the frame that called `note_sp`: saved registers and the switch itself.
const RED_ZONE: usize = 4096;

impl Cx<'_> {
    /// Whether this native runs on a stack of its own.
    pub fn on_stack(&self) -> bool {
        !self.yielder.is_null()
    }

    /// Gives control to the interpreter until it answers.
    pub(super) fn request(&mut self, request: Request) -> Result<Reply, Flow> {
        if self.yielder.is_null() {
            return Err(Flow::NeedStack);
        }
        let marker = 0u64;
        self.vm().top_native().note_sp((&raw const marker).addr());
        let g = self.vm().g;
        // SAFETY: the yielder lives on this coroutine's stack for as long as the coroutine runs.
        let reply = unsafe { (*self.yielder).suspend(request) };
        std::hint::black_box(&marker);
        debug_assert!(self.vm().g == g, "a native resumes in its own goroutine");
        self.resumed();
        Ok(reply)
    }

    /// Derives the window anew: the goroutine's stack may have moved.
    fn resumed(&mut self) {
        let vm = self.vm();
        let win = vm.top_native().win;
        self.win = vm.slot(win);
    }

    pub(crate) fn detached(vm: *mut crate::vm::Vm, win: *mut u64, arg: u32) -> Cx<'static> {
        Cx {
            vm,
            win,
            arg,
            ret: 0,
            yielder: std::ptr::null(),
            _life: PhantomData,
        }
    }
}
