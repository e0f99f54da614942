//! Pooled native stacks, for Rust code that must keep its frames while it waits.
//!
//! Goroutines need none of these: only a native that calls back into Go code, or waits in the middle of a Rust
//! function, runs on one. A stack has a guard page below it, is mapped when first needed and touched page by page, and goes
//! back to the pool when its coroutine is done.

use std::io;

use corosensei::stack::DefaultStack;
pub use corosensei::{Coroutine, CoroutineResult, Yielder};

/// Size of a pooled stack, guard page not included.
pub const STACK_SIZE: usize = 256 * 1024;

/// Free stacks a pool keeps; more are unmapped.
const KEEP: usize = 64;

/// A pool of stacks of one size.
pub struct StackPool {
    free: Vec<DefaultStack>,
    size: usize,
}

impl Default for StackPool {
    fn default() -> StackPool {
        StackPool::new(STACK_SIZE)
    }
}

impl StackPool {
    /// A pool of stacks of `size` bytes each.
    pub const fn new(size: usize) -> StackPool {
        StackPool {
            free: Vec::new(),
            size,
        }
    }

    /// A stack: a used one if there is one. Fails if the system has no memory or no mappings left.
    pub fn take(&mut self) -> io::Result<DefaultStack> {
        self.free
            .pop()
            .map_or_else(|| DefaultStack::new(self.size), Ok)
    }

    /// A suspended coroutine that will run `f` on a stack of this pool when it is resumed.
    pub fn coroutine<I, Y, R, F>(&mut self, f: F) -> io::Result<Coroutine<I, Y, R>>
    where
        F: FnOnce(&Yielder<I, Y>, I) -> R + 'static,
        I: 'static,
        Y: 'static,
        R: 'static,
    {
        Ok(Coroutine::with_stack(self.take()?, f))
    }

    /// Takes the stack of a coroutine back. One that is not done is unwound first: what lives on its stack is dropped.
    pub fn recycle<I, Y, R>(&mut self, mut coroutine: Coroutine<I, Y, R>) {
        coroutine.force_unwind();
        self.give(coroutine.into_stack());
    }

    /// Takes a stack back.
    pub fn give(&mut self, stack: DefaultStack) {
        if self.free.len() < KEEP {
            self.free.push(stack);
        }
    }

    /// How many stacks lie ready.
    pub fn idle(&self) -> usize {
        self.free.len()
    }
}
