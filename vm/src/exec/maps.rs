//! Map instructions: registers to and from `mem::map`.
//!
//! Invariants: keys and values lie in registers in memory layout (scalars extended, which little-endian memory does not mind), so a
//! register's address serves as the key's. A nil map does not know its type: the compiler notes it at the instructions that bear one.

use super::memory::{load_value, token};
use super::run::Fault;
use super::slices::out_of_memory;
use crate::bytecode::TypeIx;
use crate::mem::{MapError, MapIter, MapRef};
use crate::program::Repr;
use crate::vm::Vm;

/// Why a key cannot be looked for. Where there is nothing to find, Go only looks at the key, and has words of its own.
#[cold]
fn failed(vm: &Vm, m: MapRef, e: MapError) -> Fault {
    match e {
        MapError::Unhashable(t) if m.is_empty() => unhashable(vm, t),
        e => not_set(vm, e),
    }
}

#[cold]
fn not_set(vm: &Vm, e: MapError) -> Fault {
    match e {
        MapError::Unhashable(t) => {
            Fault::Error(format!("hash of unhashable type {}", vm.rtype(t).name))
        }
        MapError::NilMap => Fault::PlainError("assignment to entry in nil map".to_string()),
        MapError::OutOfMemory => out_of_memory(),
    }
}

#[inline(always)]
fn map(word: u64) -> MapRef {
    MapRef::from_word(token(), word)
}

/// `MakeMap`: w ← make(map t, hint w).
///
/// # Safety
/// `w` is a register.
pub(crate) unsafe fn make(vm: &mut Vm, w: *mut u64, t: TypeIx) -> Result<(), Fault> {
    let seed = vm.rt.rand_u64();
    // SAFETY: the caller's contract.
    unsafe {
        let hint = *w as i64;
        *w = MapRef::make(&mut vm.heap, &vm.program.types, t, hint, seed)
            .ok_or_else(out_of_memory)?
            .word();
    }
    Ok(())
}

/// `MapGet` and, with `two`, `MapGet2`.
///
/// # Safety
/// `d` and `k` are registers of the map's types.
#[inline]
pub(crate) unsafe fn get(
    vm: &mut Vm,
    d: *mut u64,
    m: u64,
    k: *const u64,
    two: bool,
) -> Result<(), Fault> {
    let m = map(m);
    // SAFETY: the caller's contract.
    unsafe {
        let Some(ty) = m.ty() else {
            return Err(Fault::NilMapGet(d, k, two));
        };
        let v = match m.get(&vm.program.types, k.cast::<u8>()) {
            Ok(v) => v,
            Err(e) => return Err(failed(vm, m, e)),
        };
        let slots = slots(ty.val_repr);
        if v.is_null() {
            std::ptr::write_bytes(d, 0, slots);
        } else {
            load_value(d, v, ty.val_repr, ty.val_size as usize);
        }
        if two {
            *d.add(slots) = u64::from(!v.is_null());
        }
    }
    Ok(())
}

#[inline(always)]
fn slots(repr: Repr) -> usize {
    match repr {
        Repr::Zero => 0,
        Repr::Mem(n) => usize::from(n),
        _ => 1,
    }
}

/// Finishes a read from a nil map by the instruction at `regs.ip - 1`: the zero value.
///
/// # Safety
/// `d` is the instruction's destination, `k` its key.
pub(crate) unsafe fn zero_value(
    vm: &Vm,
    d: *mut u64,
    k: *const u64,
    two: bool,
) -> Result<(), Fault> {
    check_key(vm, k)?;
    let note = vm.program.type_noted_at(vm.regs.ip.wrapping_sub(1));
    let slots = note.map_or(1, |t| usize::from(vm.rtype(vm.rtype(t).elem).slots()));
    // SAFETY: the caller's contract.
    unsafe { std::ptr::write_bytes(d, 0, slots + usize::from(two)) };
    Ok(())
}

/// Whether the key at `k` of the instruction before `regs.ip`, whose map is nil, could be in a map.
#[cold]
fn check_key(vm: &Vm, k: *const u64) -> Result<(), Fault> {
    let Some(t) = vm.program.type_noted_at(vm.regs.ip.wrapping_sub(1)) else {
        return Ok(());
    };
    let key = vm.rtype(t).key;
    token()
        .hash(&vm.program.types, key, k.cast::<u8>(), 0, 0)
        .map_err(|t| unhashable(vm, t))?;
    Ok(())
}

fn unhashable(vm: &Vm, t: TypeIx) -> Fault {
    Fault::PlainError(format!("hash of unhashable type: {}", vm.rtype(t).name))
}

/// `MapSet`.
///
/// # Safety
/// `k` and `v` are registers of the map's types.
#[inline]
pub(crate) unsafe fn set(vm: &mut Vm, m: u64, k: *const u64, v: *const u64) -> Result<(), Fault> {
    let m = map(m);
    match m.get_or_insert(&mut vm.heap, &vm.program.types, k.cast::<u8>()) {
        Ok(at) => {
            let size = m.ty().map_or(0, |t| t.val_size as usize);
            // SAFETY: the caller's contract; `at` has room for a value.
            unsafe {
                if size == 8 {
                    at.cast::<u64>().write(*v);
                } else {
                    at.copy_from_nonoverlapping(v.cast::<u8>(), size);
                }
            }
            Ok(())
        }
        Err(e) => Err(not_set(vm, e)),
    }
}

/// `MapAddr`: the address of the entry's value, inserted if absent.
///
/// # Safety
/// `k` is a register of the map's key type.
#[inline]
pub(crate) unsafe fn addr(vm: &mut Vm, m: u64, k: *const u64) -> Result<u64, Fault> {
    let m = map(m);
    match m.get_or_insert(&mut vm.heap, &vm.program.types, k.cast::<u8>()) {
        Ok(at) => Ok(at as u64),
        Err(e) => Err(not_set(vm, e)),
    }
}

/// `MapDel`.
///
/// # Safety
/// `k` is a register of the map's key type.
pub(crate) unsafe fn delete(vm: &mut Vm, m: u64, k: *const u64) -> Result<(), Fault> {
    let m = map(m);
    match m.delete(&vm.program.types, k.cast::<u8>()) {
        Ok(false) if m.ty().is_none() => check_key(vm, k),
        Ok(_) => Ok(()),
        Err(e) => Err(failed(vm, m, e)),
    }
}

/// `MapClear`.
pub(crate) fn clear(_vm: &mut Vm, m: u64) {
    map(m).clear();
}

/// `MapLen`.
#[inline]
pub(crate) fn len(m: u64) -> u64 {
    map(m).len() as u64
}

/// `MapIter`: w..w+4 ← iterator state.
///
/// # Safety
/// `w` has four slots.
pub(crate) unsafe fn iter(vm: &mut Vm, w: *mut u64, m: u64) {
    let start = vm.rt.rand_u64();
    // SAFETY: the caller's contract.
    unsafe {
        w.cast::<[u64; 4]>()
            .write(MapIter::new(map(m), start).to_words())
    };
}

/// `MapNext`: w+4, w+5 ← addresses of the next key and value; false at the end.
///
/// # Safety
/// `w` holds an iterator and has six slots.
#[inline]
pub(crate) unsafe fn next(_vm: &mut Vm, w: *mut u64) -> bool {
    // SAFETY: the caller's contract.
    unsafe {
        let mut it = MapIter::from_words(w.cast::<[u64; 4]>().read());
        let found = it.next();
        w.cast::<[u64; 4]>().write(it.to_words());
        match found {
            Some((k, v)) => {
                *w.add(4) = k as u64;
                *w.add(5) = v as u64;
                true
            }
            None => false,
        }
    }
}
