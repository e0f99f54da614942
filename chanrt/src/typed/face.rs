//! The typed face's host loop: coroutines as goroutines.
//!
//! - The thread-local `CURRENT` points at the `Face` of the `run` on this thread's stack, or is null.
//! - `rt` is borrowed for single operations only, never while user code runs.
//! - The coroutine of a running goroutine is out of its payload; of any other it is in there.
//! - `phase` is `Ending` while goroutines are unwound: operations then answer at once and touch no queue, and
//!   `ended` says how the operation ended that the goroutine being unwound was parked in.

use std::cell::{Cell, RefCell, RefMut};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr;

use corosensei::{Coroutine, CoroutineResult, Yielder};

use super::Deadlock;
use crate::g::{GState, Gp, Wake};
use crate::policy::Explorer;
use crate::sched::{Config, Next, Runtime, Sched};
use crate::stack::StackPool;

/// A goroutine's payload.
struct Routine {
    coroutine: Option<Coroutine<(), (), ()>>,
    /// Set when the coroutine starts; lives on its stack.
    yielder: *const Yielder<(), ()>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Running,
    Ending,
}

pub(super) struct Face {
    rt: RefCell<Runtime<Routine>>,
    stacks: RefCell<StackPool>,
    current: Cell<Option<Gp>>,
    pub(super) phase: Cell<Phase>,
    pub(super) ended: Cell<Option<Wake>>,
}

thread_local! {
    static CURRENT: Cell<*const Face> = const { Cell::new(ptr::null()) };
}

/// Gives `f` the face of the `run` around us.
pub(super) fn with_face<R>(f: impl FnOnce(&Face) -> R) -> R {
    let face = CURRENT.get();
    assert!(
        !face.is_null(),
        "goroutines and channel operations need a chanrt::typed::run around them"
    );
    // SAFETY: `run` sets the pointer to its local face and resets it before leaving, also by panic.
    f(unsafe { &*face })
}

/// Resets `CURRENT` when `run` ends.
struct Reset;

impl Drop for Reset {
    fn drop(&mut self) {
        CURRENT.set(ptr::null());
    }
}

/// Runs `main` to its end, or to a deadlock; also gives back the explorer of an exhaustive run.
pub(super) fn run<R>(
    config: Config,
    stack_size: usize,
    main: impl FnOnce() -> R,
) -> (Result<R, Deadlock>, Option<Explorer>) {
    assert!(
        CURRENT.get().is_null(),
        "chanrt::typed::run inside another one"
    );
    let face = Face {
        // SAFETY: handles stay inside the face, which outlives the goroutines; a parked goroutine borrows its
        // channels, and is unwound before they go.
        rt: RefCell::new(unsafe { Runtime::new(config) }),
        stacks: RefCell::new(StackPool::new(stack_size)),
        current: Cell::new(None),
        phase: Cell::new(Phase::Running),
        ended: Cell::new(None),
    };
    CURRENT.set(&raw const face);
    let _reset = Reset;
    let mut result = None;
    let slot = &raw mut result;
    // SAFETY: the coroutine is finished or unwound in `end`, before `result` and what `main` borrows go;
    // nothing else uses `result` until then.
    unsafe { face.spawn(None, move || *slot = Some(main())) };
    let outcome = catch_unwind(AssertUnwindSafe(|| face.schedule_until_main_ends()));
    face.end();
    let explorer = face.rt().take_explorer();
    match outcome {
        Err(panic) => resume_unwind(panic),
        Ok(Err(deadlock)) => (Err(deadlock), explorer),
        Ok(Ok(())) => (Ok(result.expect("main has returned")), explorer),
    }
}

impl Face {
    /// The runtime, for one operation.
    pub(super) fn rt(&self) -> RefMut<'_, impl std::ops::DerefMut<Target = Sched>> {
        self.rt.borrow_mut()
    }

    /// The running goroutine; `None` while goroutines are unwound.
    pub(super) fn running(&self) -> Option<Gp> {
        self.current.get()
    }

    pub(super) fn go(&self, f: impl FnOnce() + 'static) {
        if self.phase.get() == Phase::Running {
            // SAFETY: `f` borrows nothing.
            unsafe { self.spawn(self.current.get(), f) };
        }
    }

    /// # Safety
    /// What `f` borrows lives until the goroutine has ended or been unwound.
    unsafe fn spawn(&self, creator: Option<Gp>, f: impl FnOnce()) {
        let stack = self
            .stacks
            .borrow_mut()
            .take()
            .expect("no memory for a goroutine's stack");
        let body = |yielder: &Yielder<(), ()>, ()| {
            with_face(|face| {
                let g = face
                    .current
                    .get()
                    .expect("a coroutine is resumed as the current goroutine");
                // SAFETY: the goroutine is alive, and nobody holds a reference to its payload.
                unsafe { (*face.rt.borrow().payload(g)).yielder = yielder };
            });
            f();
        };
        // SAFETY: the caller's contract; coroutines never leave this thread or this face.
        let coroutine = unsafe { Coroutine::with_stack_unchecked(stack, body) };
        let routine = Routine {
            coroutine: Some(coroutine),
            yielder: ptr::null(),
        };
        self.rt.borrow_mut().newproc(creator, 0, routine);
    }

    /// The running goroutine does `prepare`, which parks it or puts it on the run queue, and waits for its next turn.
    pub(super) fn switch(&self, prepare: impl FnOnce(&mut Sched, Gp)) {
        if self.phase.get() == Phase::Running {
            let g = self.current.get().expect("user code runs in a goroutine");
            prepare(&mut self.rt.borrow_mut(), g);
            self.suspend(g);
        }
    }

    /// Gives control to the scheduler until `g`, which is running on this stack, has its next turn.
    fn suspend(&self, g: Gp) {
        let payload = self.rt.borrow().payload(g);
        // SAFETY: `g` is alive and its yielder lives at the bottom of the stack we are on.
        let yielder = unsafe { &*(*payload).yielder };
        yielder.suspend(());
    }

    /// For operations that may or may not park: `op` says whether it did.
    pub(super) fn operate<R>(
        &self,
        op: impl FnOnce(&mut Sched, Gp) -> R,
        parks: impl FnOnce(&R) -> bool,
    ) -> (R, Option<Wake>) {
        let g = self.current.get().expect("user code runs in a goroutine");
        let result = op(&mut self.rt.borrow_mut(), g);
        if !parks(&result) {
            return (result, None);
        }
        self.suspend(g);
        (result, Some(g.wake()))
    }

    fn schedule_until_main_ends(&self) -> Result<(), Deadlock> {
        loop {
            let next = self.rt.borrow_mut().schedule();
            match next {
                Next::Run(g) => {
                    if self.resume(g) {
                        return Ok(());
                    }
                }
                Next::Timer(_) | Next::Interrupted => {}
                Next::Deadlock | Next::AllDone => return Err(self.deadlock()),
            }
        }
    }

    /// Gives `g` its turn; says whether main has ended.
    fn resume(&self, g: Gp) -> bool {
        let payload = self.rt.borrow().payload(g);
        // SAFETY: `g` is alive and suspended; nobody holds a reference to its payload.
        let mut coroutine = unsafe { (*payload).coroutine.take() }
            .expect("a suspended goroutine has its coroutine");
        self.current.set(Some(g));
        let result = catch_unwind(AssertUnwindSafe(|| coroutine.resume(())));
        self.current.set(None);
        if let Ok(CoroutineResult::Yield(())) = result {
            // SAFETY: as above; a goroutine that suspends itself is not dead.
            unsafe { (*payload).coroutine = Some(coroutine) };
            return false;
        }
        self.stacks.borrow_mut().recycle(coroutine);
        let is_main = g.goid() == 1;
        self.rt.borrow_mut().goexit(g);
        match result {
            Err(panic) => resume_unwind(panic),
            Ok(_) => is_main,
        }
    }

    fn deadlock(&self) -> Deadlock {
        let rt = self.rt.borrow();
        let parked = rt
            .goroutines()
            .filter_map(|g| Some((g.goid(), g.wait_reason()?)));
        Deadlock {
            goroutines: parked.collect(),
        }
    }

    /// Unwinds all goroutines that are left, oldest first.
    fn end(&self) {
        self.phase.set(Phase::Ending);
        // Runnable: whoever woke it has finished its operation. Parked: its operation has not happened.
        let wake = |g: Gp| (g.state() == GState::Runnable).then(|| g.wake());
        let left: Vec<(Gp, Option<Wake>)> = self
            .rt
            .borrow()
            .goroutines()
            .map(|g| (g, wake(g)))
            .collect();
        self.rt.borrow_mut().cancel_all_waits();
        for (g, wake) in left {
            let routine = self.rt.borrow_mut().kill(g);
            self.ended.set(wake);
            if let Some(coroutine) = routine.coroutine {
                let stack = unwound(coroutine);
                self.stacks.borrow_mut().give(stack);
            }
        }
    }
}

/// Unwinds a coroutine without holding anything borrowed; what its destructors panic with is dropped.
fn unwound(mut coroutine: Coroutine<(), (), ()>) -> corosensei::stack::DefaultStack {
    let _ = catch_unwind(AssertUnwindSafe(|| coroutine.force_unwind()));
    coroutine.into_stack()
}
