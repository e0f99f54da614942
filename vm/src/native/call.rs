//! Natives that call Go: only on a native stack.

use super::{Cx, Flow, GoFunc, GoPtr, Iface, Reply, Request};
use crate::bytecode::{FuncId, TypeIx};
use crate::program::{RecvLoad, Repr};
use crate::value::Value;

/// A Go function to call: a function value, or a method bound to its receiver.
#[derive(Clone, Copy, Debug)]
pub struct Callee {
    pub(crate) func: FuncId,
    /// The context words: a closure's address or a receiver's slots.
    ctx: Ctx,
}

#[derive(Clone, Copy, Debug)]
enum Ctx {
    Closure(u64),
    Word(u64),
    /// The receiver: this many bytes at this address.
    Bytes(u64, u16),
}

/// A call ready to be placed on the goroutine's stack.
pub(crate) struct Prepared {
    pub(crate) func: FuncId,
    /// Parameters and context, as they follow the results in the window.
    pub(crate) inputs: Vec<u64>,
    pub(crate) catches: bool,
}

/// A line of a stack trace.
#[derive(Clone, Debug)]
pub struct FrameInfo {
    /// Symbol name.
    pub func: String,
    /// File name.
    pub file: String,
    /// Line number.
    pub line: u32,
}

impl Cx<'_> {
    /// The value in an interface, for inspection; `None` in a nil one. As good as a handle.
    pub fn value<'v>(&self, v: Iface) -> Option<Value<'v>> {
        self.vm().value(v)
    }

    /// The value of type `t` at `p`, for inspection and change; `None` if `p` is nil.
    pub fn value_at<'v>(&self, t: TypeIx, p: GoPtr) -> Option<Value<'v>> {
        use crate::exec::memory::{token, types};
        (!p.is_nil()).then(|| Value::at(token(), types(self.vm()), t, p.word()))
    }

    /// An interface that holds a value (boxing it if need be).
    pub fn iface_of(&mut self, v: &Value<'_>) -> Iface {
        match v.to_iface(&mut self.vm().heap) {
            Some((ty, data)) => Iface { ty, data },
            None => crate::exec::out_of_memory(),
        }
    }

    /// The exported method `name` of dynamic type `t`.
    pub fn method(&mut self, t: TypeIx, name: &str) -> bool {
        self.vm().exported_method(t, name).is_some()
    }

    /// Whether dynamic type `t` implements interface type `interface`; remembered.
    pub fn implements(&mut self, t: TypeIx, interface: TypeIx) -> bool {
        !(t.0 == 0 || interface.0 == 0) && crate::exec::iface::implements(self.vm(), t, interface)
    }

    /// A function value to call. A nil one raises Go's nil-dereference panic.
    pub fn callee(&mut self, f: GoFunc) -> Callee {
        if f.is_nil() {
            super::GoNilDeref::raise();
        }
        Callee {
            func: self.vm().closure_func(f.0),
            ctx: Ctx::Closure(f.0),
        }
    }

    /// The exported method `name` of the value in `v`, to call.
    pub fn method_callee(&mut self, v: Iface, name: &str) -> Option<Callee> {
        let (func, load) = self.vm().exported_method(v.ty, name)?;
        let ctx = match load {
            RecvLoad::Direct => {
                let zero_size = self.rtype(v.ty).size == 0;
                if zero_size {
                    Ctx::Bytes(v.data, 0)
                } else {
                    Ctx::Word(v.data)
                }
            }
            RecvLoad::Copy(n) => Ctx::Bytes(v.data, n),
            RecvLoad::CopyFrom(n) => {
                if v.data < 4096 {
                    super::GoNilDeref::raise();
                }
                Ctx::Bytes(v.data, n)
            }
            RecvLoad::Load(repr) => Ctx::Word(load_word(v.data, repr)),
        };
        Some(Callee { func, ctx })
    }

    /// Calls `callee` with these argument words and gives the result words.
    ///
    /// # Errors
    /// `Flow::NeedStack` when not on a native stack. (A panic of the callee passes through the native and does not come back here.)
    pub fn call(&mut self, callee: Callee, args: &[u64]) -> Result<Vec<u64>, Flow> {
        match self.call_with(callee, args, false)? {
            Reply::Results(words) => Ok(words),
            Reply::Go | Reply::Panicked(_) => unreachable!("a call is answered with results"),
        }
    }

    /// As `call`, but a panic of the callee is recovered: `Err` with its value.
    ///
    /// # Errors
    /// `Flow::NeedStack` when not on a native stack.
    pub fn try_call(
        &mut self,
        callee: Callee,
        args: &[u64],
    ) -> Result<Result<Vec<u64>, Iface>, Flow> {
        match self.call_with(callee, args, true)? {
            Reply::Results(words) => Ok(Ok(words)),
            Reply::Panicked(v) => Ok(Err(v)),
            Reply::Go => unreachable!("a call is answered with results"),
        }
    }

    /// Calls the exported method `name` of the value in `v`, recovering a panic. `None` if there is no such method.
    ///
    /// # Errors
    /// `Flow::NeedStack` when not on a native stack.
    #[allow(clippy::type_complexity)] // the three ways it can go, nested in the order they are dealt with
    pub fn call_method(
        &mut self,
        v: Iface,
        name: &str,
        args: &[u64],
    ) -> Result<Option<Result<Vec<u64>, Iface>>, Flow> {
        if !self.on_stack() {
            return Err(Flow::NeedStack);
        }
        match self.method_callee(v, name) {
            Some(callee) => self.try_call(callee, args).map(Some),
            None => Ok(None),
        }
    }

    fn call_with(&mut self, callee: Callee, args: &[u64], catches: bool) -> Result<Reply, Flow> {
        if !self.on_stack() {
            return Err(Flow::NeedStack);
        }
        let mut inputs = args.to_vec();
        match callee.ctx {
            Ctx::Closure(w) | Ctx::Word(w) => inputs.push(w),
            Ctx::Bytes(addr, n) => push_bytes(&mut inputs, addr, n),
        }
        self.request(Request::Call(Prepared {
            func: callee.func,
            inputs,
            catches,
        }))
    }

    /// The stack of the running goroutine, innermost Go frame first (the caller of this native).
    pub fn callers(&self) -> Vec<FrameInfo> {
        self.vm().callers()
    }

    /// The trace of the running goroutine, without its `skip` innermost frames; with `all`, those of the others too.
    pub fn stack_text(&self, skip: usize, all: bool) -> String {
        self.vm().stack_text(skip, all)
    }
}

fn load_word(addr: u64, repr: Repr) -> u64 {
    if addr < 4096 {
        super::GoNilDeref::raise();
    }
    // SAFETY: a non-nil Go pointer to a value of this representation.
    unsafe { crate::exec::memory::load_repr(addr, repr) }
}

fn push_bytes(words: &mut Vec<u64>, addr: u64, n: u16) {
    let at = words.len();
    let slots = usize::from(n).div_ceil(8);
    words.resize(at + slots, 0);
    // SAFETY: `addr` is a live Go value of `n` bytes, the words have room for them.
    unsafe {
        std::ptr::copy_nonoverlapping(
            addr as *const u8,
            words[at..].as_mut_ptr().cast::<u8>(),
            usize::from(n),
        )
    };
}
