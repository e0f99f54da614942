//! Frames and memory as the interpreter and the natives read and write them.
//!
//! Invariants, promised once by whoever makes a `Mem` or a `Frame` and relied on by every method, which are therefore safe to call:
//! - Registers are below the frame's `frame_slots` (or the window's extent): the verifier proves it for code, the signature for natives.
//! - Addresses come from Go values of the right type, checked for nil and bounds before: the folder's invariants make them valid.
//! - No collection and no stack growth happens while a borrowed slice or a frame is in use.
//! - Scalars in slots are sign- or zero-extended to 64 bits; a value of several slots has Go's memory layout, zero-padded.

// Pointer arguments are trusted as the second invariant says.
#![allow(clippy::not_unsafe_ptr_arg_deref)]

use std::ptr;

use super::eq;
use crate::bytecode::TypeIx;
use crate::program::Repr;
use crate::rtype::RType;

/// Plain data: any bits are a value, no padding.
///
/// # Safety
/// As said.
pub unsafe trait Pod: Copy + 'static {}

macro_rules! pods {
    ($($t:ty)*) => { $(
        // SAFETY: a number: any bits are a value, no padding.
        unsafe impl Pod for $t {}
    )* };
}
pods!(u8 i8 u16 i16 u32 i32 u64 i64 usize isize f32 f64);

/// The right to follow addresses of Go values.
#[derive(Clone, Copy)]
pub struct Mem(());

/// A struct-, array- or interface-typed comparison met a type that cannot be compared.
pub type Uncomparable = TypeIx;

impl Mem {
    /// # Safety
    /// The maker promises the file's invariants for every use of the token and its copies.
    #[inline(always)]
    pub const unsafe fn new() -> Mem {
        Mem(())
    }

    /// The value at `addr`, which may be less aligned than the number (a complex64 lies at multiples of 4).
    #[inline(always)]
    pub fn load<T: Pod>(self, addr: u64) -> T {
        // SAFETY: the file's second invariant.
        unsafe { ptr::with_exposed_provenance::<T>(addr as usize).read_unaligned() }
    }

    /// Writes the value at `addr`.
    #[inline(always)]
    pub fn store<T: Pod>(self, addr: u64, v: T) {
        // SAFETY: the file's second invariant.
        unsafe { ptr::with_exposed_provenance_mut::<T>(addr as usize).write_unaligned(v) }
    }

    /// Copies `n` bytes; the regions may overlap.
    #[inline(always)]
    pub fn copy(self, dst: u64, src: u64, n: usize) {
        // SAFETY: the file's second invariant.
        unsafe {
            let (d, s) = (
                ptr::with_exposed_provenance_mut::<u8>(dst as usize),
                ptr::with_exposed_provenance::<u8>(src as usize),
            );
            d.copy_from(s, n);
        }
    }

    /// Zeroes `n` bytes.
    #[inline(always)]
    pub fn zero(self, addr: u64, n: usize) {
        // SAFETY: the file's second invariant.
        unsafe { ptr::with_exposed_provenance_mut::<u8>(addr as usize).write_bytes(0, n) }
    }

    /// The bytes at `addr`, until the next safepoint.
    #[inline(always)]
    pub fn bytes<'a>(self, addr: u64, len: usize) -> &'a [u8] {
        if len == 0 {
            return &[];
        }
        // SAFETY: the file's second and third invariants.
        unsafe { std::slice::from_raw_parts(ptr::with_exposed_provenance(addr as usize), len) }
    }

    /// The bytes at `addr` for writing, until the next safepoint; nobody else borrows them meanwhile.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)] // the token is no reference
    pub fn bytes_mut<'a>(self, addr: u64, len: usize) -> &'a mut [u8] {
        if len == 0 {
            return &mut [];
        }
        // SAFETY: the file's second and third invariants.
        unsafe {
            std::slice::from_raw_parts_mut(ptr::with_exposed_provenance_mut(addr as usize), len)
        }
    }

    /// Writes bytes at `addr`.
    #[inline(always)]
    pub fn write(self, addr: u64, bytes: &[u8]) {
        if !bytes.is_empty() {
            // SAFETY: the file's second invariant; `copy_from` allows overlap.
            unsafe {
                ptr::with_exposed_provenance_mut::<u8>(addr as usize)
                    .copy_from(bytes.as_ptr(), bytes.len())
            }
        }
    }

    /// The scalar at `addr` as a register holds it. `Mem` representations are not scalars; `Zero` gives 0.
    #[inline(always)]
    pub fn load_scalar(self, addr: u64, repr: Repr) -> u64 {
        match repr {
            Repr::Zero => 0,
            Repr::I8 => self.load::<i8>(addr) as u64,
            Repr::U8 => u64::from(self.load::<u8>(addr)),
            Repr::I16 => self.load::<i16>(addr) as u64,
            Repr::U16 => u64::from(self.load::<u16>(addr)),
            Repr::I32 => self.load::<i32>(addr) as u64,
            Repr::U32 => u64::from(self.load::<u32>(addr)),
            Repr::W64 | Repr::Mem(_) => self.load(addr),
        }
    }

    /// Writes a register's scalar at `addr`.
    #[inline(always)]
    pub fn store_scalar(self, addr: u64, repr: Repr, v: u64) {
        match repr {
            Repr::Zero => {}
            Repr::I8 | Repr::U8 => self.store(addr, v as u8),
            Repr::I16 | Repr::U16 => self.store(addr, v as u16),
            Repr::I32 | Repr::U32 => self.store(addr, v as u32),
            Repr::W64 | Repr::Mem(_) => self.store(addr, v),
        }
    }

    /// A frame (or window) whose slot 0 is at `fp`.
    #[inline(always)]
    pub fn frame(self, fp: *mut u64) -> Frame {
        Frame(fp)
    }

    /// Whether the values of the type at `a` and `b` are equal, as Go's `==` says.
    #[inline]
    pub fn eq(
        self,
        types: &[RType],
        t: TypeIx,
        a: *const u8,
        b: *const u8,
    ) -> Result<bool, Uncomparable> {
        // SAFETY: the file's second invariant.
        unsafe { eq::eq(types, t, a, b) }
    }

    /// Whether two interface values (type word, data word) are equal.
    #[inline]
    pub fn eq_iface(
        self,
        types: &[RType],
        a: (u64, u64),
        b: (u64, u64),
    ) -> Result<bool, Uncomparable> {
        // SAFETY: the file's second invariant.
        unsafe { eq::eq_iface(types, a, b) }
    }

    /// A hash of the value of the type at `p`: equal values have equal hashes, NaNs take `salt`.
    #[inline]
    pub fn hash(
        self,
        types: &[RType],
        t: TypeIx,
        p: *const u8,
        seed: u64,
        salt: u64,
    ) -> Result<u64, Uncomparable> {
        // SAFETY: the file's second invariant.
        unsafe { eq::hash(types, t, p, seed, salt) }
    }
}

/// A frame's base: slot i is 8 bytes at `base + 8i`; slots below 0 belong to the call.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Frame(*mut u64);

impl Frame {
    /// # Safety
    /// The maker promises the file's invariants for this frame, and for those reached from it with `at`.
    #[inline(always)]
    pub const unsafe fn new(fp: *mut u64) -> Frame {
        Frame(fp)
    }

    /// The address of slot 0.
    #[inline(always)]
    pub fn base(self) -> *mut u64 {
        self.0
    }

    /// The frame or window that begins `n` slots further.
    #[inline(always)]
    pub fn at(self, n: isize) -> Frame {
        Frame(self.0.wrapping_offset(n))
    }

    /// The address of slot `r`.
    #[inline(always)]
    pub fn ptr(self, r: u16) -> *mut u64 {
        self.0.wrapping_add(usize::from(r))
    }

    /// The address of slot `r` as a word.
    #[inline(always)]
    pub fn addr(self, r: u16) -> u64 {
        self.ptr(r).expose_provenance() as u64
    }

    /// Slot `r`.
    #[inline(always)]
    pub fn get(self, r: u16) -> u64 {
        // SAFETY: the file's first invariant.
        unsafe { self.ptr(r).read() }
    }

    /// Writes slot `r`.
    #[inline(always)]
    pub fn set(self, r: u16, v: u64) {
        // SAFETY: the file's first invariant.
        unsafe { self.ptr(r).write(v) }
    }

    /// Slot `r` as a signed integer.
    #[inline(always)]
    pub fn get_i64(self, r: u16) -> i64 {
        self.get(r) as i64
    }

    /// Writes a signed integer.
    #[inline(always)]
    pub fn set_i64(self, r: u16, v: i64) {
        self.set(r, v as u64);
    }

    /// Slot `r` as a float64.
    #[inline(always)]
    pub fn get_f64(self, r: u16) -> f64 {
        f64::from_bits(self.get(r))
    }

    /// Writes a float64.
    #[inline(always)]
    pub fn set_f64(self, r: u16, v: f64) {
        self.set(r, v.to_bits());
    }

    /// Slot `r` as a float32.
    #[inline(always)]
    pub fn get_f32(self, r: u16) -> f32 {
        f32::from_bits(self.get(r) as u32)
    }

    /// Writes a float32.
    #[inline(always)]
    pub fn set_f32(self, r: u16, v: f32) {
        self.set(r, u64::from(v.to_bits()));
    }

    /// Writes a bool.
    #[inline(always)]
    pub fn set_bool(self, r: u16, v: bool) {
        self.set(r, u64::from(v));
    }

    /// Slots `r` and `r+1`: a string or an interface.
    #[inline(always)]
    pub fn get2(self, r: u16) -> (u64, u64) {
        (self.get(r), self.at(1).get(r))
    }

    /// Writes slots `r` and `r+1`.
    #[inline(always)]
    pub fn set2(self, r: u16, v: (u64, u64)) {
        self.set(r, v.0);
        self.at(1).set(r, v.1);
    }

    /// Slots `r` to `r+2`: a slice.
    #[inline(always)]
    pub fn get3(self, r: u16) -> (u64, u64, u64) {
        (self.get(r), self.at(1).get(r), self.at(2).get(r))
    }

    /// Writes slots `r` to `r+2`.
    #[inline(always)]
    pub fn set3(self, r: u16, v: (u64, u64, u64)) {
        self.set(r, v.0);
        self.at(1).set(r, v.1);
        self.at(2).set(r, v.2);
    }

    /// The number at byte `at` of the frame.
    #[inline(always)]
    pub fn ld<T: Pod>(self, at: u32) -> T {
        // SAFETY: the file's first invariant; aligned or not.
        unsafe {
            self.0
                .cast::<u8>()
                .add(at as usize)
                .cast::<T>()
                .read_unaligned()
        }
    }

    /// Writes the number at byte `at` of the frame.
    #[inline(always)]
    pub fn st<T: Pod>(self, at: u32, v: T) {
        // SAFETY: as in `ld`.
        unsafe {
            self.0
                .cast::<u8>()
                .add(at as usize)
                .cast::<T>()
                .write_unaligned(v)
        }
    }

    /// Copies `n` slots within the frame; they may overlap.
    #[inline(always)]
    pub fn copy(self, d: u16, s: u16, n: u16) {
        // SAFETY: the file's first invariant.
        unsafe { self.ptr(d).copy_from(self.ptr(s), usize::from(n)) }
    }

    /// Zeroes `n` slots.
    #[inline(always)]
    pub fn zero(self, d: u16, n: u16) {
        // SAFETY: the file's first invariant.
        unsafe { self.ptr(d).write_bytes(0, usize::from(n)) }
    }

    /// Slots from `d` on ← `n` bytes of memory; the rest of the last slot is zeroed.
    #[inline(always)]
    pub fn load_bytes(self, d: u16, addr: u64, n: usize) {
        // SAFETY: the file's first and second invariants; memory and stacks do not overlap.
        unsafe {
            if n & 7 != 0 {
                self.ptr(d).add(n / 8).write(0);
            }
            self.ptr(d)
                .cast::<u8>()
                .copy_from(ptr::with_exposed_provenance(addr as usize), n);
        }
    }

    /// `n` bytes of the slots from `s` on → memory.
    #[inline(always)]
    pub fn store_bytes(self, s: u16, addr: u64, n: usize) {
        // SAFETY: as in `load_bytes`.
        unsafe {
            ptr::with_exposed_provenance_mut::<u8>(addr as usize).copy_from(self.ptr(s).cast(), n)
        }
    }

    /// Slots from `d` on ← the value of the representation and size at `addr`.
    #[inline(always)]
    pub fn load_value(self, d: u16, mem: Mem, addr: u64, repr: Repr, size: usize) {
        match repr {
            Repr::Zero => {}
            Repr::Mem(_) => self.load_bytes(d, addr, size),
            scalar => self.set(d, mem.load_scalar(addr, scalar)),
        }
    }
}
