//! Interface instructions: boxing, assertions, comparison.
//!
//! Invariants: two interface values have the same dynamic type exactly when their type words are equal; a type has at most 8 bytes, or its
//! data word points to an immutable copy. Answers to "does t implement i" are remembered for ever: method sets do not change.

use super::memory::token;
use super::run::Fault;
use super::slices::out_of_memory;
use crate::bytecode::{Op, TypeIx};
use crate::vm::Vm;

/// `Box`: w ← address of a heap copy of the value of type `t` at w.
///
/// # Safety
/// `w` holds such a value.
pub(crate) unsafe fn make_box(vm: &mut Vm, w: *mut u64, t: TypeIx) -> Result<(), Fault> {
    // SAFETY: the caller's contract.
    unsafe {
        let rt = vm.program.types.get_unchecked(t.0 as usize);
        let p = vm.heap.alloc_type(rt);
        if p.is_null() {
            return Err(out_of_memory());
        }
        p.copy_from_nonoverlapping(w.cast::<u8>(), rt.size as usize);
        *w = p as u64;
        Ok(())
    }
}

/// `EqIface`.
///
/// # Safety
/// `a` and `b` are interface registers.
#[inline]
pub(crate) unsafe fn eq(vm: &Vm, a: *const u64, b: *const u64) -> Result<bool, Fault> {
    // SAFETY: the caller's contract.
    unsafe {
        if *a != *b {
            return Ok(false);
        }
        token()
            .eq_iface(&vm.program.types, (*a, *a.add(1)), (*b, *b.add(1)))
            .map_err(|t| uncomparable(vm, t))
    }
}

/// `EqT`: whether the values of type `t` at `w` and behind it are equal.
///
/// # Safety
/// `w` holds both.
pub(crate) unsafe fn eq_values(vm: &Vm, w: *const u64, t: TypeIx) -> Result<bool, Fault> {
    let slots = usize::from(vm.rtype(t).slots());
    // SAFETY: the caller's contract.
    let (a, b) = unsafe { (w.cast::<u8>(), w.add(slots).cast::<u8>()) };
    token()
        .eq(&vm.program.types, t, a, b)
        .map_err(|t| uncomparable(vm, t))
}

#[cold]
fn uncomparable(vm: &Vm, t: TypeIx) -> Fault {
    Fault::Error(format!("comparing uncomparable type {}", vm.rtype(t).name))
}

/// Whether dynamic type `ty` implements interface type `iface`.
#[inline]
pub(crate) fn implements(vm: &mut Vm, ty: TypeIx, iface: TypeIx) -> bool {
    match vm.known.implements.get(&(ty, iface)) {
        Some(&yes) => yes,
        None => ask(vm, ty, iface),
    }
}

#[cold]
fn ask(vm: &mut Vm, ty: TypeIx, iface: TypeIx) -> bool {
    let yes = vm
        .linker
        .implements(&mut vm.program, &mut vm.heap, ty, iface)
        .is_ok();
    vm.known.implements.insert((ty, iface), yes);
    yes
}

fn name(vm: &Vm, t: TypeIx) -> String {
    vm.rtype(t).name.clone()
}

/// The failure of `AssertType` at `ip`.
#[cold]
pub(crate) fn assert_type_fault(vm: &Vm, ip: *const Op, ty: TypeIx, want: TypeIx) -> Fault {
    let inter = vm
        .program
        .type_noted_at(ip)
        .map_or("interface".to_string(), |t| name(vm, t));
    let as_ = name(vm, want);
    if ty.0 == 0 {
        return Fault::Assertion(format!("interface conversion: {inter} is nil, not {as_}"));
    }
    let is = name(vm, ty);
    let why = match is == as_ {
        false => "",
        true if vm.rtype(ty).pkg == vm.rtype(want).pkg => " (types from different scopes)",
        true => " (types from different packages)",
    };
    Fault::Assertion(format!(
        "interface conversion: {inter} is {is}, not {as_}{why}"
    ))
}

/// The failure of `AssertImpl`.
#[cold]
pub(crate) fn assert_impl_fault(vm: &mut Vm, ty: TypeIx, want: TypeIx) -> Fault {
    if ty.0 == 0 {
        return Fault::Assertion(format!(
            "interface conversion: interface is nil, not {}",
            name(vm, want)
        ));
    }
    let missing = vm
        .linker
        .implements(&mut vm.program, &mut vm.heap, ty, want)
        .err()
        .unwrap_or_default();
    let (is, as_) = (name(vm, ty), name(vm, want));
    Fault::Assertion(format!(
        "interface conversion: {is} is not {as_}: missing method {missing}"
    ))
}
