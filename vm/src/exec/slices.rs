//! Slice instructions.
//!
//! Invariants: a slice register triple is (address, length, capacity) with length ≤ capacity; capacities grow as Go's runtime grows them,
//! size classes included, so that programs that print `cap` print what Go prints.

use super::run::Fault;
use crate::bytecode::{SliceFn, TypeIx};
use crate::vm::Vm;

/// Go's size classes.
const GO_CLASSES: [u16; 67] = [
    8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352,
    384, 416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048,
    2304, 2688, 3072, 3200, 3456, 4096, 4864, 5120, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728,
    10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672,
];
const PAGE: usize = 8192;

/// The size Go's allocator gives when asked for `size` bytes.
pub(crate) fn round_up(size: usize) -> usize {
    match size {
        0 => 0,
        28673..=32768 => 32768,
        1..=28672 => {
            let at = GO_CLASSES.partition_point(|&c| usize::from(c) < size);
            usize::from(GO_CLASSES[at])
        }
        _ => size.checked_next_multiple_of(PAGE).unwrap_or(size),
    }
}

#[cold]
pub(crate) fn out_of_memory() -> Fault {
    Fault::Fatal("runtime: out of memory".to_string())
}

/// The largest allocation Go's runtime accepts.
const MAX_ALLOC: u128 = 1 << 48;

/// `MakeSlice`: w..w+3 ← make([]T, w, w+1).
///
/// # Safety
/// `w` is the instruction's window.
pub(crate) unsafe fn make(vm: &mut Vm, w: *mut u64, t: TypeIx) -> Result<(), Fault> {
    // SAFETY: the caller's contract.
    unsafe {
        let (len, cap) = (*w as i64, *w.add(1) as i64);
        let elem = &vm.program.types[t.0 as usize];
        let too_big = |n: i64| n < 0 || n as u128 * u128::from(elem.size) > MAX_ALLOC;
        if too_big(len) {
            return Err(Fault::Error("makeslice: len out of range".to_string()));
        }
        if cap < len || too_big(cap) {
            return Err(Fault::Error("makeslice: cap out of range".to_string()));
        }
        let p = vm
            .heap
            .alloc_values(cap as usize * elem.size as usize, elem);
        if p.is_null() {
            return Err(out_of_memory());
        }
        *w = p as u64;
        *w.add(1) = len as u64;
        *w.add(2) = cap as u64;
        Ok(())
    }
}

/// Appends `n` elements at `from` to the slice at `s`.
///
/// # Safety
/// `s` is a slice register, `from` valid for `n` elements of type `t`.
#[inline]
pub(crate) unsafe fn append(
    vm: &mut Vm,
    s: *mut u64,
    from: *const u8,
    n: u64,
    t: TypeIx,
) -> Result<(), Fault> {
    // SAFETY: the caller's contract.
    unsafe {
        let size = vm.program.types.get_unchecked(t.0 as usize).size as usize;
        let len = *s.add(1);
        let new_len = len.wrapping_add(n);
        if new_len > *s.add(2) || new_len < len {
            grow(vm, s, new_len, t)?;
        }
        let to = (*s as *mut u8).add(len as usize * size);
        if size == 8 && n == 1 {
            to.cast::<u64>().write(from.cast::<u64>().read());
        } else {
            std::ptr::copy(from, to, n as usize * size);
        }
        *s.add(1) = new_len;
        Ok(())
    }
}

/// Gives the slice at `s` room for `new_len` elements in a new array.
#[inline(never)]
unsafe fn grow(vm: &mut Vm, s: *mut u64, new_len: u64, t: TypeIx) -> Result<(), Fault> {
    // SAFETY: the callers' contract.
    unsafe {
        let elem = &vm.program.types[t.0 as usize];
        let size = elem.size as usize;
        let range = || Fault::Error("growslice: len out of range".to_string());
        if new_len as i64 <= 0 {
            return Err(range());
        }
        if size == 0 {
            *s.add(2) = new_len;
            if *s == 0 {
                *s = vm.heap.alloc_noscan(0) as u64;
            }
            return Ok(());
        }
        let cap = next_cap(new_len, *s.add(2));
        let bytes = u128::from(cap) * size as u128;
        if bytes > MAX_ALLOC {
            return Err(range());
        }
        let bytes = round_up(bytes as usize);
        let cap = bytes / size;
        let p = vm.heap.alloc_values(cap * size, elem);
        if p.is_null() {
            return Err(out_of_memory());
        }
        p.copy_from_nonoverlapping(non_null(*s), *s.add(1) as usize * size);
        *s = p as u64;
        *s.add(2) = cap as u64;
        Ok(())
    }
}

fn non_null(p: u64) -> *const u8 {
    if p == 0 {
        std::ptr::NonNull::dangling().as_ptr()
    } else {
        p as *const u8
    }
}

/// The capacity Go's append asks for.
fn next_cap(new_len: u64, old_cap: u64) -> u64 {
    const THRESHOLD: u64 = 256;
    if new_len > old_cap.saturating_mul(2) {
        return new_len;
    }
    if old_cap < THRESHOLD {
        return old_cap * 2;
    }
    let mut cap = old_cap;
    while cap < new_len {
        cap += (cap + 3 * THRESHOLD) >> 2;
    }
    cap
}

/// `Copy`: w ← copy(slice w, slice w+3).
///
/// # Safety
/// `w` is the instruction's window.
pub(crate) unsafe fn copy(vm: &Vm, w: *mut u64, t: TypeIx) {
    // SAFETY: the caller's contract.
    unsafe {
        let n = (*w.add(1)).min(*w.add(4));
        if n > 0 {
            let size = vm.program.types.get_unchecked(t.0 as usize).size as usize;
            std::ptr::copy(*w.add(3) as *const u8, *w as *mut u8, n as usize * size);
        }
        *w = n;
    }
}

/// `Slice`: the forms of slicing.
///
/// # Safety
/// `w` is a window as `SliceFn` says.
pub(crate) unsafe fn slice(vm: &Vm, f: SliceFn, w: *mut u64, t: TypeIx) -> Result<(), Fault> {
    // SAFETY: the caller's contract.
    unsafe {
        let at = |i: usize| *w.add(i);
        match f {
            SliceFn::Str => {
                let (p, len, lo, hi) = (at(0), at(1), at(2), at(3));
                check2(vm, lo, hi, len, "length")?;
                *w = if lo == hi { 0 } else { p + lo };
                *w.add(1) = hi - lo;
                Ok(())
            }
            SliceFn::Slice => {
                let (p, cap, lo, hi) = (at(0), at(2), at(3), at(4));
                check2(vm, lo, hi, cap, "capacity")?;
                put(vm, w, p, lo, hi, cap, t);
                Ok(())
            }
            SliceFn::Slice3 => {
                let (p, cap, lo, hi, max) = (at(0), at(2), at(3), at(4), at(5));
                check3(vm, lo, hi, max, cap, "capacity")?;
                put(vm, w, p, lo, hi, max, t);
                Ok(())
            }
            SliceFn::Array => {
                let (p, len, lo, hi) = (at(0), at(1), at(2), at(3));
                nil_check(p)?;
                check2(vm, lo, hi, len, "length")?;
                put(vm, w, p, lo, hi, len, t);
                Ok(())
            }
            SliceFn::Array3 => {
                let (p, len, lo, hi, max) = (at(0), at(1), at(2), at(3), at(4));
                nil_check(p)?;
                check3(vm, lo, hi, max, len, "length")?;
                put(vm, w, p, lo, hi, max, t);
                Ok(())
            }
            SliceFn::ToArrayPtr => {
                let (len, want) = (at(1), at(3));
                if len < want {
                    let text = format!(
                        "cannot convert slice with length {len} to array or pointer to array with length {want}"
                    );
                    return Err(Fault::Bounds(text));
                }
                Ok(())
            }
        }
    }
}

fn nil_check(p: u64) -> Result<(), Fault> {
    if p < 4096 {
        Err(Fault::NilDeref)
    } else {
        Ok(())
    }
}

/// Writes p[lo:hi:max]. A slice without capacity keeps its base, so that it does not point behind the array.
unsafe fn put(vm: &Vm, w: *mut u64, p: u64, lo: u64, hi: u64, max: u64, t: TypeIx) {
    let size = vm.program.types[t.0 as usize].size;
    // SAFETY: the callers' contract.
    unsafe {
        *w = if max == lo { p } else { p + lo * size };
        *w.add(1) = hi - lo;
        *w.add(2) = max - lo;
    }
}

#[inline]
fn check2(vm: &Vm, lo: u64, hi: u64, limit: u64, what: &str) -> Result<(), Fault> {
    if hi > limit {
        return Err(bounds(
            (vm, 1, hi),
            |hi| format!("[:{hi}] with {what} {limit}"),
            |hi| format!("[:{hi}]"),
        ));
    }
    if lo > hi {
        return Err(bounds(
            (vm, 0, lo),
            |lo| format!("[{lo}:{hi}]"),
            |lo| format!("[{lo}:]"),
        ));
    }
    Ok(())
}

#[inline]
fn check3(vm: &Vm, lo: u64, hi: u64, max: u64, limit: u64, what: &str) -> Result<(), Fault> {
    if max > limit {
        return Err(bounds(
            (vm, 2, max),
            |max| format!("[::{max}] with {what} {limit}"),
            |max| format!("[::{max}]"),
        ));
    }
    if hi > max {
        return Err(bounds(
            (vm, 1, hi),
            |hi| format!("[:{hi}:{max}]"),
            |hi| format!("[:{hi}:]"),
        ));
    }
    if lo > hi {
        return Err(bounds(
            (vm, 0, lo),
            |lo| format!("[{lo}:{hi}:]"),
            |lo| format!("[{lo}::]"),
        ));
    }
    Ok(())
}

/// The failure of a bound: the `k`th of the instruction before `ip`, with the value `x`.
#[cold]
fn bounds(
    (vm, k, x): (&Vm, usize, u64),
    high: impl Fn(u64) -> String,
    negative: impl Fn(i64) -> String,
) -> Fault {
    let unsigned = vm.program.unsigned_at(vm.regs.ip.wrapping_sub(1))[k];
    let range = match x as i64 {
        x if x < 0 && !unsigned => negative(x),
        _ => high(x),
    };
    Fault::Bounds(format!("slice bounds out of range {range}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacities_grow_like_gos() {
        let mut cap = 0u64;
        let mut seen = Vec::new();
        for len in 1..2000 {
            if len > cap {
                cap = (round_up(next_cap(len, cap) as usize * 8) / 8) as u64;
                seen.push(cap);
            }
        }
        assert_eq!(
            seen,
            [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 848, 1280, 1792, 2560]
        );
    }
}
