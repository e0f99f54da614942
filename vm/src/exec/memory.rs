//! Registers and memory: the conversions between the two.
//!
//! Invariants: as for `mem::access`; all functions here trust their addresses.

use crate::bytecode::FrameByte;
use crate::mem::Mem;
use crate::native::Iface;
use crate::program::Repr;
use crate::value::Value;
use crate::vm::Vm;

/// The right to follow Go addresses. The interpreter has it: checker and verifier uphold the invariants.
#[inline(always)]
pub(crate) fn token() -> Mem {
    // SAFETY: addresses come from registers of checked and verified programs; nothing borrowed outlives an instruction.
    unsafe { Mem::new() }
}

/// A register's float32.
#[inline(always)]
pub(crate) fn f32_of(w: u64) -> f32 {
    f32::from_bits(w as u32)
}

/// A float32 as a register holds it.
#[inline(always)]
pub(crate) fn f32_word(x: f32) -> u64 {
    u64::from(x.to_bits())
}

/// The address of a byte of the frame.
///
/// # Safety
/// The byte is within the frame.
#[inline(always)]
pub(crate) unsafe fn frame_byte(fp: *mut u64, at: FrameByte) -> *mut u8 {
    // SAFETY: the caller's contract.
    unsafe { fp.cast::<u8>().add(at.0 as usize) }
}

/// Slots from `d` on ← `n` bytes; the last slot's rest is zeroed.
///
/// # Safety
/// Both sides have room; they may overlap.
#[inline]
pub(crate) unsafe fn load_bytes(d: *mut u64, from: *const u8, n: usize) {
    // SAFETY: the caller's contract; overlap matters only for a frame's own memory, where `from` is a multiple of 8 away.
    unsafe {
        let tail = n & 7;
        if tail != 0 {
            let last = d.add(n / 8);
            let mut word = 0u64;
            std::ptr::copy_nonoverlapping(from.add(n - tail), (&raw mut word).cast::<u8>(), tail);
            std::ptr::copy(from, d.cast::<u8>(), n - tail);
            *last = word;
        } else {
            std::ptr::copy(from, d.cast::<u8>(), n);
        }
    }
}

/// The scalar of a representation at an address, as a register holds it.
///
/// # Safety
/// The address is valid for it.
#[inline]
pub(crate) unsafe fn load_repr(addr: u64, repr: Repr) -> u64 {
    token().load_scalar(addr, repr)
}

/// Slots from `d` on ← the value of a representation and size at an address.
///
/// # Safety
/// Both sides have room.
#[inline]
pub(crate) unsafe fn load_value(d: *mut u64, addr: *const u8, repr: Repr, size: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        match repr {
            Repr::Zero => {}
            Repr::Mem(_) => load_bytes(d, addr, size),
            scalar => *d = token().load_scalar(addr as u64, scalar),
        }
    }
}

/// The type descriptors, for as long as the machine lives.
pub(crate) fn types<'v>(vm: &Vm) -> &'v [crate::rtype::RType] {
    // SAFETY: descriptors never change or move (`Program::types`) and live as long as the VM, which outlives every native.
    unsafe { std::slice::from_raw_parts(vm.program.types.as_ptr(), vm.program.types.len()) }
}

/// The value in an interface; `None` in a nil one.
pub(crate) fn value_of<'v>(vm: &Vm, v: Iface) -> Option<Value<'v>> {
    if v.is_nil() {
        None
    } else {
        Value::from_iface(token(), types(vm), v.ty, v.data)
    }
}
