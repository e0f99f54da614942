//! Go's `==` and the hash that agrees with it, on memory.
//!
//! Invariants: equal values have equal hashes; +0 and -0 are equal, NaN equals nothing (and hashes to the caller's salt). Fields and elements
//! are compared in order and the first difference decides; an interface that holds a type without `==` is an error only when it
//! is reached. Nothing recurses: values nest as deep as a program likes.

use crate::bytecode::TypeIx;
use crate::rtype::{EqKind, Kind, RType};

/// A value to look at: its type and where it is.
type Item = (TypeIx, *const u8);

/// Whether the values of type `t` at `a` and `b` are equal; the error is the type without `==`.
///
/// # Safety
/// Both are valid values of the type.
#[inline]
pub unsafe fn eq(types: &[RType], t: TypeIx, a: *const u8, b: *const u8) -> Result<bool, TypeIx> {
    let rt = &types[t.0 as usize];
    // SAFETY: the caller's contract.
    unsafe {
        match rt.eq {
            EqKind::Deep | EqKind::Iface => eq_deep(types, t, a, b),
            _ => eq_leaf(rt, a, b),
        }
    }
}

/// Whether two interface values (type word, data word) are equal.
///
/// # Safety
/// Both are valid interface values.
pub unsafe fn eq_iface(types: &[RType], a: (u64, u64), b: (u64, u64)) -> Result<bool, TypeIx> {
    if a.0 != b.0 {
        return Ok(false);
    }
    if a.0 == 0 {
        return Ok(true);
    }
    let t = TypeIx(a.0 as u32);
    // SAFETY: an interface's data word holds the value or points to it, as its type says.
    unsafe { eq(types, t, dynamic(types, t, &a.1), dynamic(types, t, &b.1)) }
}

/// Where the value of dynamic type `t` is whose data word is at `word`.
///
/// # Safety
/// The word is the data word of an interface value of that dynamic type.
unsafe fn dynamic(types: &[RType], t: TypeIx, word: *const u64) -> *const u8 {
    match types[t.0 as usize].is_direct() {
        true => word.cast(),
        // SAFETY: the caller's contract.
        false => unsafe { word.cast::<*const u8>().read() },
    }
}

/// # Safety
/// Both are valid values of the type, which is neither `Deep` nor `Iface`.
#[inline]
unsafe fn eq_leaf(rt: &RType, a: *const u8, b: *const u8) -> Result<bool, TypeIx> {
    // SAFETY: the caller's contract; Go values are aligned for their types.
    unsafe {
        Ok(match rt.eq {
            EqKind::Mem => eq_bytes(a, b, rt.size as usize),
            EqKind::Str => {
                let (x, y) = (
                    a.cast::<(*const u8, usize)>(),
                    b.cast::<(*const u8, usize)>(),
                );
                (*x).1 == (*y).1 && eq_bytes((*x).0, (*y).0, (*x).1)
            }
            EqKind::F32 => *a.cast::<f32>() == *b.cast::<f32>(),
            EqKind::F64 => *a.cast::<f64>() == *b.cast::<f64>(),
            EqKind::C64 => *a.cast::<[f32; 2]>() == *b.cast::<[f32; 2]>(),
            EqKind::C128 => *a.cast::<[f64; 2]>() == *b.cast::<[f64; 2]>(),
            EqKind::None | EqKind::Deep | EqKind::Iface => return Err(rt.ix),
        })
    }
}

/// # Safety
/// Both are valid for `n` bytes, or `n` is 0.
#[inline(always)]
pub(super) unsafe fn eq_bytes(a: *const u8, b: *const u8, n: usize) -> bool {
    if n == 0 || a == b {
        return true;
    }
    // SAFETY: the caller's contract.
    unsafe {
        if n == 8 {
            return a.cast::<u64>().read_unaligned() == b.cast::<u64>().read_unaligned();
        }
        std::slice::from_raw_parts(a, n) == std::slice::from_raw_parts(b, n)
    }
}

/// A struct or array part way through: the value (or pair) and the next field or element.
struct Cursor<const N: usize> {
    t: TypeIx,
    p: [*const u8; N],
    next: u64,
}

impl<const N: usize> Cursor<N> {
    /// The next part: its type and addresses.
    fn step(&mut self, types: &[RType]) -> Option<(TypeIx, [*const u8; N])> {
        let rt = &types[self.t.0 as usize];
        loop {
            let i = self.next;
            self.next += 1;
            let (t, offset) = if rt.kind == Kind::Array {
                if i >= rt.len {
                    return None;
                }
                (rt.elem, i * types[rt.elem.0 as usize].size)
            } else {
                let f = rt.fields.get(i as usize)?;
                if f.name == "_" {
                    continue;
                }
                (f.ty, u64::from(f.offset))
            };
            return Some((t, self.p.map(|p| p.wrapping_add(offset as usize))));
        }
    }
}

/// # Safety
/// As for `eq`.
unsafe fn eq_deep(types: &[RType], t: TypeIx, a: *const u8, b: *const u8) -> Result<bool, TypeIx> {
    let mut stack: Vec<Cursor<2>> = Vec::new();
    let mut item = Some((t, [a, b]));
    loop {
        let Some((t, [a, b])) = item else {
            match stack.last_mut() {
                None => return Ok(true),
                Some(top) => match top.step(types) {
                    None => {
                        stack.pop();
                    }
                    part => item = part,
                },
            }
            continue;
        };
        item = None;
        let rt = &types[t.0 as usize];
        match rt.eq {
            EqKind::Deep => stack.push(Cursor {
                t,
                p: [a, b],
                next: 0,
            }),
            EqKind::Iface => {
                // SAFETY: interface values: type word, data word; the addresses stay valid while nothing runs.
                unsafe {
                    let (ta, tb) = (a.cast::<u64>().read(), b.cast::<u64>().read());
                    if ta != tb {
                        return Ok(false);
                    }
                    if ta != 0 {
                        let d = TypeIx(ta as u32);
                        let at = |p: *const u8| dynamic(types, d, p.add(8).cast());
                        item = Some((d, [at(a), at(b)]));
                    }
                }
            }
            _ => {
                // SAFETY: parts of valid values are valid.
                if !unsafe { eq_leaf(rt, a, b)? } {
                    return Ok(false);
                }
            }
        }
    }
}

const K0: u64 = 0x9e37_79b9_7f4a_7c15;
const K1: u64 = 0xd1b5_4a32_d192_ed03;
const K2: u64 = 0x8cb9_2ba7_2f3d_8dd7;

/// The high and low halves of a 128-bit product, folded together.
#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let p = u128::from(a) * u128::from(b);
    (p >> 64) as u64 ^ p as u64
}

/// A hash of an integer.
#[inline(always)]
pub(super) fn hash_int(v: u64, seed: u64) -> u64 {
    fold(v ^ seed ^ K1, K0)
}

/// A hash of bytes.
///
/// # Safety
/// `p` is valid for `n` bytes, or `n` is 0.
#[inline]
pub(super) unsafe fn hash_bytes(p: *const u8, n: usize, seed: u64) -> u64 {
    // SAFETY: the caller's contract; every read lies within the n bytes.
    unsafe {
        let r8 = |i: usize| p.add(i).cast::<u64>().read_unaligned();
        let r4 = |i: usize| u64::from(p.add(i).cast::<u32>().read_unaligned());
        let mut h = seed ^ K2;
        let (a, b) = match n {
            0 => (0, 0),
            1..4 => (
                u64::from(*p) << 16 | u64::from(*p.add(n / 2)) << 8 | u64::from(*p.add(n - 1)),
                0,
            ),
            4..8 => (r4(0), r4(n - 4)),
            8..=16 => (r8(0), r8(n - 8)),
            _ => {
                let mut i = 0;
                while i + 16 < n {
                    h = fold(r8(i) ^ K0 ^ h, r8(i + 8) ^ K1);
                    i += 16;
                }
                (r8(n - 16), r8(n - 8))
            }
        };
        fold(fold(a ^ K0 ^ h, b ^ K1), n as u64 ^ K2)
    }
}

fn hash_f64(v: f64, seed: u64, salt: u64) -> u64 {
    let bits = if v == 0.0 {
        0
    } else if v.is_nan() {
        salt ^ K2
    } else {
        v.to_bits()
    };
    hash_int(bits, seed)
}

/// A hash of the value of type `t` at `p`; the error is the type without `==`.
///
/// # Safety
/// `p` is a valid value of the type.
pub unsafe fn hash(
    types: &[RType],
    t: TypeIx,
    p: *const u8,
    seed: u64,
    salt: u64,
) -> Result<u64, TypeIx> {
    let rt = &types[t.0 as usize];
    if !matches!(rt.eq, EqKind::Deep | EqKind::Iface) {
        // SAFETY: the caller's contract.
        return unsafe { hash_leaf(rt, p, seed, salt) };
    }
    let mut h = seed;
    let mut stack: Vec<Cursor<1>> = Vec::new();
    let mut item: Option<Item> = Some((t, p));
    loop {
        let Some((t, p)) = item else {
            match stack.last_mut() {
                None => return Ok(h),
                Some(top) => match top.step(types) {
                    None => {
                        stack.pop();
                    }
                    Some((t, [p])) => item = Some((t, p)),
                },
            }
            continue;
        };
        item = None;
        let rt = &types[t.0 as usize];
        match rt.eq {
            EqKind::Deep => stack.push(Cursor { t, p: [p], next: 0 }),
            EqKind::Iface => {
                // SAFETY: an interface value: type word, data word.
                unsafe {
                    let dt = p.cast::<u64>().read();
                    h = hash_int(dt, h);
                    if dt != 0 {
                        let d = TypeIx(dt as u32);
                        item = Some((d, dynamic(types, d, p.add(8).cast())));
                    }
                }
            }
            // SAFETY: parts of valid values are valid.
            _ => h = unsafe { hash_leaf(rt, p, h, salt)? },
        }
    }
}

/// # Safety
/// `p` is a valid value of the type, which is neither `Deep` nor `Iface`.
unsafe fn hash_leaf(rt: &RType, p: *const u8, seed: u64, salt: u64) -> Result<u64, TypeIx> {
    // SAFETY: the caller's contract; Go values are aligned for their types.
    unsafe {
        Ok(match rt.eq {
            EqKind::Mem => match rt.size {
                // Two int32 are 8 bytes too, at multiples of 4.
                8 => hash_int(p.cast::<u64>().read_unaligned(), seed),
                n => hash_bytes(p, n as usize, seed),
            },
            EqKind::Str => {
                let s = p.cast::<(*const u8, usize)>();
                hash_bytes((*s).0, (*s).1, seed)
            }
            EqKind::F32 => hash_f64(f64::from(*p.cast::<f32>()), seed, salt),
            EqKind::F64 => hash_f64(*p.cast::<f64>(), seed, salt),
            EqKind::C64 => {
                let [re, im] = *p.cast::<[f32; 2]>();
                hash_f64(f64::from(im), hash_f64(f64::from(re), seed, salt), salt)
            }
            EqKind::C128 => {
                let [re, im] = *p.cast::<[f64; 2]>();
                hash_f64(im, hash_f64(re, seed, salt), salt)
            }
            EqKind::None | EqKind::Deep | EqKind::Iface => return Err(rt.ix),
        })
    }
}
