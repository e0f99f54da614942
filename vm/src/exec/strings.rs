//! String instructions.
//!
//! Invariants: a string register pair is (address, length); the bytes never change. Runes decode as Go does: an invalid byte is U+FFFD, one wide.

use super::run::Fault;
use super::slices::{self, out_of_memory};
use crate::bytecode::StrFn;
use crate::vm::Vm;

const RUNE_ERROR: u32 = 0xfffd;

/// The bytes of the string in two slots.
///
/// # Safety
/// The slots hold a string.
#[inline(always)]
pub(crate) unsafe fn get<'a>(s: *const u64) -> &'a [u8] {
    // SAFETY: the caller's contract.
    unsafe {
        let n = *s.add(1) as usize;
        if n == 0 {
            &[]
        } else {
            std::slice::from_raw_parts(*s as *const u8, n)
        }
    }
}

/// Whether two strings are equal.
///
/// # Safety
/// As for `get`.
#[inline(never)]
pub(crate) unsafe fn eq(a: *const u64, b: *const u64) -> bool {
    // SAFETY: the caller's contract.
    unsafe { *a.add(1) == *b.add(1) && (*a == *b || get(a) == get(b)) }
}

unsafe fn put(d: *mut u64, p: *const u8, n: usize) {
    // SAFETY: the callers' contract: two slots.
    unsafe {
        *d = if n == 0 { 0 } else { p as u64 };
        *d.add(1) = n as u64;
    }
}

fn bytes(vm: &mut Vm, n: usize) -> Result<*mut u8, Fault> {
    let p = vm.heap.alloc_noscan(n);
    if p.is_null() {
        Err(out_of_memory())
    } else {
        Ok(p)
    }
}

/// `Cat`: d ← a + b.
///
/// # Safety
/// `d`, `a` and `b` are string registers.
pub(crate) unsafe fn cat(
    vm: &mut Vm,
    d: *mut u64,
    a: *const u64,
    b: *const u64,
) -> Result<(), Fault> {
    // SAFETY: the caller's contract.
    unsafe {
        let (x, y) = (get(a), get(b));
        if x.is_empty() || y.is_empty() {
            let s = if x.is_empty() { y } else { x };
            put(d, s.as_ptr(), s.len());
            return Ok(());
        }
        let n = x.len() + y.len();
        let p = bytes(vm, n)?;
        p.copy_from_nonoverlapping(x.as_ptr(), x.len());
        p.add(x.len()).copy_from_nonoverlapping(y.as_ptr(), y.len());
        put(d, p, n);
        Ok(())
    }
}

/// `CatN`: w ← the concatenation of the strings at w, w+2, ….
///
/// # Safety
/// `w` begins `n` string registers.
pub(crate) unsafe fn cat_n(vm: &mut Vm, w: *mut u64, n: usize) -> Result<(), Fault> {
    // SAFETY: the caller's contract.
    unsafe {
        let len = (0..n).map(|i| *w.add(2 * i + 1) as usize).sum();
        if let Some(i) = (0..n).find(|&i| *w.add(2 * i + 1) as usize == len) {
            let (p, n) = (*w.add(2 * i), *w.add(2 * i + 1));
            *w = p;
            *w.add(1) = n;
            return Ok(());
        }
        let p = bytes(vm, len)?;
        let mut at = 0;
        for i in 0..n {
            let s = get(w.add(2 * i));
            p.add(at).copy_from_nonoverlapping(s.as_ptr(), s.len());
            at += s.len();
        }
        put(w, p, len);
        Ok(())
    }
}

/// Decodes the first rune of a non-empty string: the rune and its width.
pub(crate) fn decode_rune(s: &[u8]) -> (u32, usize) {
    let c = s[0];
    let (n, low, high) = match c {
        0..=0x7f => return (u32::from(c), 1),
        0xc2..=0xdf => (2, 0x80, 0xbf),
        0xe0 => (3, 0xa0, 0xbf),
        0xed => (3, 0x80, 0x9f),
        0xe1..=0xef => (3, 0x80, 0xbf),
        0xf0 => (4, 0x90, 0xbf),
        0xf1..=0xf3 => (4, 0x80, 0xbf),
        0xf4 => (4, 0x80, 0x8f),
        _ => return (RUNE_ERROR, 1),
    };
    if s.len() < n || !(low..=high).contains(&s[1]) || s[2..n].iter().any(|b| b & 0xc0 != 0x80) {
        return (RUNE_ERROR, 1);
    }
    let first = u32::from(c) & (0x7f >> n);
    (
        s[1..n]
            .iter()
            .fold(first, |r, b| r << 6 | u32::from(b & 0x3f)),
        n,
    )
}

/// `StrNext` where the rune is not ASCII.
///
/// # Safety
/// `w` is the instruction's window, and there is a rune left.
#[inline(never)]
pub(crate) unsafe fn next_rune(w: *mut u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let at = *w.add(2);
        let (rune, n) = decode_rune(&get(w)[at as usize..]);
        *w.add(4) = u64::from(rune);
        *w.add(2) = at + n as u64;
    }
}

fn rune_char(r: i64) -> char {
    u32::try_from(r)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// `Str`: the conversions between strings, runes and slices.
///
/// # Safety
/// `w` is a window as `StrFn` says.
pub(crate) unsafe fn convert(vm: &mut Vm, f: StrFn, w: *mut u64) -> Result<(), Fault> {
    // SAFETY: the caller's contract.
    unsafe {
        match f {
            StrFn::FromRune => {
                let mut buf = [0; 4];
                let s = rune_char(*w as i64).encode_utf8(&mut buf);
                new_string(vm, w, s.as_bytes())
            }
            StrFn::FromBytes => new_string(vm, w, get(w)),
            StrFn::FromRunes => {
                let runes = std::slice::from_raw_parts(non_null(*w), *w.add(1) as usize);
                let text: String = runes
                    .iter()
                    .map(|&r: &i32| rune_char(i64::from(r)))
                    .collect();
                new_string(vm, w, text.as_bytes())
            }
            StrFn::ToBytes => {
                let s = get(w);
                let cap = slices::round_up(s.len());
                let p = bytes(vm, cap)?;
                p.copy_from_nonoverlapping(s.as_ptr(), s.len());
                put3(w, p, s.len(), cap);
                Ok(())
            }
            StrFn::ToRunes => {
                let mut s = get(w);
                let mut runes = Vec::new();
                while !s.is_empty() {
                    let (r, n) = decode_rune(s);
                    runes.push(r);
                    s = &s[n..];
                }
                let cap = slices::round_up(runes.len() * 4) / 4;
                let p = bytes(vm, cap * 4)?;
                p.copy_from_nonoverlapping(runes.as_ptr().cast::<u8>(), runes.len() * 4);
                put3(w, p, runes.len(), cap);
                Ok(())
            }
        }
    }
}

fn non_null(p: u64) -> *const i32 {
    if p == 0 {
        std::ptr::NonNull::dangling().as_ptr()
    } else {
        p as *const i32
    }
}

unsafe fn put3(w: *mut u64, p: *mut u8, len: usize, cap: usize) {
    // SAFETY: the callers' contract: three slots.
    unsafe {
        *w = p as u64;
        *w.add(1) = len as u64;
        *w.add(2) = cap as u64;
    }
}

unsafe fn new_string(vm: &mut Vm, w: *mut u64, s: &[u8]) -> Result<(), Fault> {
    // SAFETY: the callers' contract: two slots.
    unsafe {
        if s.is_empty() {
            put(w, s.as_ptr(), 0);
            return Ok(());
        }
        let p = bytes(vm, s.len())?;
        p.copy_from_nonoverlapping(s.as_ptr(), s.len());
        put(w, p, s.len());
        Ok(())
    }
}
