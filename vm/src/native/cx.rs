//! The view a native has of the VM: arguments in, results out, allocation, panics.
//!
//! Invariants: `win` is the native's window (results, parameters, receiver) in the running goroutine's stack; the stack does not move
//! while the native runs, and `resumed` derives `win` anew after a suspension. `arg` and `ret` are the cursors.

use super::{Flow, GoChan, GoFunc, GoMap, GoPtr, GoSlice, GoStr, Iface, Reply, Request};
use crate::bytecode::TypeIx;
use crate::rtype::RType;
use crate::vm::Vm;
use corosensei::Yielder;
use std::marker::PhantomData;

/// A native's view of the VM. See the methods, by group: reading arguments, writing results, making values, panics; in other files:
/// scheduling and time (`sched`), calling Go (`call`).
pub struct Cx<'a> {
    pub(crate) vm: *mut Vm,
    pub(crate) win: *mut u64,
    pub(crate) arg: u32,
    pub(crate) ret: u32,
    /// On a native stack: how to give control back.
    pub(crate) yielder: *const Yielder<Reply, Request>,
    pub(crate) _life: PhantomData<&'a mut Vm>,
}

/// What unwinds a native that dereferenced a nil Go pointer; becomes Go's panic at the VM's edge.
pub struct GoNilDeref;

impl GoNilDeref {
    /// Unwinds to the VM, which raises Go's nil-dereference panic.
    #[cold]
    pub fn raise() -> ! {
        std::panic::resume_unwind(Box::new(GoNilDeref))
    }
}

macro_rules! read_write {
    ($($(#[$m:meta])* $get:ident, $ret:ident: $t:ty, $in:expr, $out:expr;)*) => {
        /// Scalar arguments and results.
        impl Cx<'_> {
            $(
                $(#[$m])*
                #[inline]
                pub fn $get(&mut self) -> $t {
                    let f: fn(u64) -> $t = $in;
                    f(self.next_arg())
                }
                /// Writes the next result, of the same type.
                #[inline]
                pub fn $ret(&mut self, v: $t) {
                    let f: fn($t) -> u64 = $out;
                    self.put(f(v));
                }
            )*
        }
    };
}

read_write! {
    /// The next argument, an `int` or `int64` (or anything signed).
    int, ret_int: i64, |w| w as i64, |v| v as u64;
    /// The next argument, a `uint`, `uint64` or `uintptr` (or anything unsigned).
    uint, ret_uint: u64, |w| w, |v| v;
    /// The next argument, an `int32` or `rune`.
    i32, ret_i32: i32, |w| w as i32, |v| v as i64 as u64;
    /// The next argument, a `uint32`.
    u32, ret_u32: u32, |w| w as u32, u64::from;
    /// The next argument, a `byte`.
    u8, ret_u8: u8, |w| w as u8, u64::from;
    /// The next argument, a `float64`.
    f64, ret_f64: f64, f64::from_bits, f64::to_bits;
    /// The next argument, a `float32`.
    f32, ret_f32: f32, |w| f32::from_bits(w as u32), |v| u64::from(v.to_bits());
    /// The next argument, a `bool`.
    bool, ret_bool: bool, |w| w != 0, u64::from;
    /// The next argument, a pointer.
    ptr, ret_ptr: GoPtr, GoPtr, |v| v.0;
    /// The next argument, a map.
    map, ret_map: GoMap, GoMap, |v| v.0;
    /// The next argument, a channel.
    chan, ret_chan: GoChan, GoChan, |v| v.0;
    /// The next argument, a function.
    func, ret_func: GoFunc, GoFunc, |v| v.0;
}

/// Composite arguments.
impl Cx<'_> {
    /// The VM. Kept raw because the interpreter uses it too while a native is suspended.
    #[inline]
    #[allow(clippy::mut_from_ref)]
    pub(crate) fn vm(&self) -> &mut Vm {
        // SAFETY: the VM outlives every native, and while a native runs the interpreter does not touch it; the reference is used for one
        // operation at a time and never kept across a suspension.
        unsafe { &mut *self.vm }
    }

    #[inline]
    fn next_arg(&mut self) -> u64 {
        let at = self.arg as usize;
        self.arg += 1;
        // SAFETY: the window lies within the stack; a native that reads beyond its declared arguments still reads stack slots, because
        // a stack keeps SLACK slots behind the last frame.
        unsafe { *self.win.add(at) }
    }

    #[inline]
    fn put(&mut self, w: u64) {
        let at = self.ret as usize;
        self.ret += 1;
        // SAFETY: as in `next_arg`.
        unsafe { *self.win.add(at) = w }
    }

    /// The next argument, a string.
    #[inline]
    pub fn str(&mut self) -> GoStr {
        GoStr::of([self.next_arg(), self.next_arg()])
    }

    /// The next argument, a slice.
    #[inline]
    pub fn slice(&mut self) -> GoSlice {
        GoSlice::of([self.next_arg(), self.next_arg(), self.next_arg()])
    }

    /// The next argument, an interface value.
    #[inline]
    pub fn iface(&mut self) -> Iface {
        Iface::of([self.next_arg(), self.next_arg()])
    }

    /// The next argument, a `complex128`.
    pub fn complex(&mut self) -> (f64, f64) {
        (self.f64(), self.f64())
    }

    /// Passes over `slots` slots of arguments.
    pub fn skip(&mut self, slots: usize) {
        self.arg += slots as u32;
    }

    /// The next argument's words, of any type of `N` slots.
    pub fn words<const N: usize>(&mut self) -> [u64; N] {
        std::array::from_fn(|_| self.next_arg())
    }
}

/// Composite results.
impl Cx<'_> {
    /// Writes the next result, a string made of these bytes.
    pub fn ret_str(&mut self, s: impl AsRef<[u8]>) {
        let s = self.new_str(s.as_ref());
        self.ret_gostr(s);
    }

    /// Writes the next result, a string.
    #[inline]
    pub fn ret_gostr(&mut self, s: GoStr) {
        s.words().into_iter().for_each(|w| self.put(w));
    }

    /// Writes the next result, a slice.
    pub fn ret_slice(&mut self, s: GoSlice) {
        s.words().into_iter().for_each(|w| self.put(w));
    }

    /// Writes the next result, an interface value.
    pub fn ret_iface(&mut self, v: Iface) {
        v.words().into_iter().for_each(|w| self.put(w));
    }

    /// Writes the next result, a nil interface (no error, say).
    pub fn ret_nil_iface(&mut self) {
        self.ret_iface(Iface::NIL);
    }

    /// Writes the next result, a `complex128`.
    pub fn ret_complex(&mut self, re: f64, im: f64) {
        self.ret_f64(re);
        self.ret_f64(im);
    }

    /// Writes the next result, an `error` with this text, like those of `errors.New`.
    pub fn ret_error(&mut self, text: &str) {
        let e = self.new_error(text);
        self.ret_iface(e);
    }

    /// Writes the next result, a new `[]byte`.
    pub fn ret_bytes(&mut self, b: &[u8]) {
        let s = self.new_bytes(b);
        self.ret_slice(s);
    }

    /// Writes the next result, a new `[]string`.
    pub fn ret_strs<S: AsRef<[u8]>>(&mut self, strs: &[S]) {
        let s = self.new_strs(strs.len());
        for (i, text) in strs.iter().enumerate() {
            let text = self.new_str(text.as_ref());
            s.set_str(i, text);
        }
        self.ret_slice(s);
    }

    /// Writes the next result's words, of any type of `N` slots.
    pub fn ret_words<const N: usize>(&mut self, words: [u64; N]) {
        words.into_iter().for_each(|w| self.put(w));
    }
}

/// Making values. Nothing is collected while a native runs.
impl Cx<'_> {
    /// A new string.
    pub fn new_str(&mut self, s: &[u8]) -> GoStr {
        if s.is_empty() {
            return GoStr::EMPTY;
        }
        let ptr = self.vm().alloc_bytes(s.len());
        // SAFETY: `ptr` is a fresh block of `s.len()` bytes.
        unsafe { std::ptr::copy_nonoverlapping(s.as_ptr(), ptr, s.len()) };
        GoStr { ptr, len: s.len() }
    }

    /// A new `[]byte`, not nil even if empty.
    pub fn new_bytes(&mut self, b: &[u8]) -> GoSlice {
        let s = self.new_bytes_cap(b.len(), b.len());
        s.with_bytes_mut(|to| to.copy_from_slice(b));
        s
    }

    /// A new zeroed `[]byte`.
    pub fn new_bytes_cap(&mut self, len: usize, cap: usize) -> GoSlice {
        let cap = cap.max(len);
        GoSlice {
            ptr: self.vm().alloc_bytes(cap),
            len,
            cap,
        }
    }

    /// A new `[]string` of `n` empty strings.
    pub fn new_strs(&mut self, n: usize) -> GoSlice {
        let string = self.vm().string_type();
        self.new_slice(string, n, n)
    }

    /// A new zeroed slice.
    pub fn new_slice(&mut self, elem: TypeIx, len: usize, cap: usize) -> GoSlice {
        let cap = cap.max(len);
        GoSlice {
            ptr: self.vm().alloc_values(elem, cap),
            len,
            cap,
        }
    }

    /// A new zeroed value of type `t`.
    pub fn alloc(&mut self, t: TypeIx) -> GoPtr {
        GoPtr(self.vm().new_value(t).addr() as u64)
    }

    /// An `error` with this text, like those of `errors.New`.
    pub fn new_error(&mut self, text: &str) -> Iface {
        let s = self.new_str(text.as_bytes());
        self.vm().error_value(s)
    }

    /// An interface that holds a string.
    pub fn iface_of_str(&mut self, s: GoStr) -> Iface {
        self.vm().string_iface(s)
    }

    /// An interface of dynamic type `t` from the value's register words: stored inline if it has at most 8 bytes, else copied.
    pub fn new_iface(&mut self, t: TypeIx, words: &[u64]) -> Iface {
        self.vm().box_words(t, words)
    }

    /// A type's descriptor.
    pub fn rtype(&self, t: TypeIx) -> &RType {
        &self.vm().program.types[t.0 as usize]
    }

    /// The type declared as `name` in package `pkg` (`""` for predeclared types), loading the package if need be.
    pub fn named_type(&mut self, pkg: &str, name: &str) -> Option<TypeIx> {
        self.vm().named_type(pkg, name)
    }

    /// As `named_type`, remembered; the null type if there is none.
    pub fn known_type(&mut self, pkg: &'static str, name: &'static str) -> TypeIx {
        self.vm().known_type(pkg, name, false).unwrap_or(TypeIx(0))
    }

    /// The type `*t`.
    pub fn pointer_to(&mut self, t: TypeIx) -> TypeIx {
        let vm = self.vm();
        vm.linker.pointer_to(&mut vm.program, &mut vm.heap, t)
    }

    /// The type `[]t`.
    pub fn slice_of(&mut self, t: TypeIx) -> TypeIx {
        let vm = self.vm();
        vm.linker.slice_of(&mut vm.program, &mut vm.heap, t)
    }
}

/// Panics and fatal errors: return what these return.
impl Cx<'_> {
    /// `panic(text)` with a string.
    #[cold]
    pub fn panic_str(&mut self, text: &str) -> Flow {
        let s = self.new_str(text.as_bytes());
        let v = self.iface_of_str(s);
        self.panic_value(v)
    }

    /// `panic(v)`.
    #[cold]
    pub fn panic_value(&mut self, v: Iface) -> Flow {
        self.vm().thrown = v;
        Flow::Panic
    }

    /// A run-time error panic: its `Error()` is "runtime error: " and `text`.
    #[cold]
    pub fn panic_error(&mut self, text: &str) -> Flow {
        let v = self.vm().runtime_error(text);
        self.panic_value(v)
    }

    /// A fatal error, "fatal error: " and `text`; it ends the program and cannot be recovered.
    #[cold]
    pub fn fatal(&mut self, text: &str) -> Flow {
        self.vm().fatal_text = text.to_string();
        Flow::Fatal
    }

    /// Ends the program at once.
    pub fn exit(&mut self, code: i32) -> Flow {
        Flow::Exit(code)
    }
}
