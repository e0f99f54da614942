//! Numeric conversions, min and max, complex numbers.
//!
//! Invariants: results are what Go on amd64 gives, conversions out of range included.

use super::memory::{f32_of, f32_word};
use super::strings;
use crate::bytecode::{ComplexFn, ConvFn, MathFn, MinMaxFn};

/// float64 → int64 as cvttsd2si does: out of range gives the smallest integer.
#[inline(always)]
pub(crate) fn f64_to_i64(x: f64) -> i64 {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&x) {
        x as i64
    } else {
        i64::MIN
    }
}

/// float64 → uint64 as gc's code for amd64 does.
fn f64_to_u64(x: f64) -> u64 {
    const HALF: f64 = 9_223_372_036_854_775_808.0;
    if x < HALF {
        f64_to_i64(x) as u64
    } else {
        f64_to_i64(x - HALF) as u64 ^ 1 << 63
    }
}

/// `MathF64`.
#[inline(never)]
pub(crate) fn math(f: MathFn, x: f64) -> f64 {
    match f {
        MathFn::Sqrt => x.sqrt(),
        MathFn::Abs => x.abs(),
        MathFn::Floor => x.floor(),
        MathFn::Ceil => x.ceil(),
        MathFn::Trunc => x.trunc(),
    }
}

/// `Conv`.
///
/// # Safety
/// `d` and `s` are registers of the conversion's sizes.
#[inline(never)]
pub(crate) unsafe fn convert(f: ConvFn, d: *mut u64, s: *const u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let w = *s;
        let x = f64::from_bits(w);
        match f {
            ConvFn::I64F64 => *d = (w as i64 as f64).to_bits(),
            ConvFn::U64F64 => *d = (w as f64).to_bits(),
            ConvFn::I64F32 => *d = f32_word(w as i64 as f32),
            ConvFn::U64F32 => *d = f32_word(w as f32),
            ConvFn::F64I64 => *d = f64_to_i64(x) as u64,
            ConvFn::F64U64 => *d = f64_to_u64(x),
            ConvFn::F32I64 => *d = f64_to_i64(f64::from(f32_of(w))) as u64,
            ConvFn::F32U64 => *d = f64_to_u64(f64::from(f32_of(w))),
            ConvFn::F64F32 => *d = f32_word(x as f32),
            ConvFn::F32F64 => *d = f64::from(f32_of(w)).to_bits(),
            ConvFn::C128C64 => *d = pack64(x as f32, f64::from_bits(*s.add(1)) as f32),
            ConvFn::C64C128 => {
                let (re, im) = unpack64(w);
                *d = f64::from(re).to_bits();
                *d.add(1) = f64::from(im).to_bits();
            }
        }
    }
}

fn pack64(re: f32, im: f32) -> u64 {
    u64::from(re.to_bits()) | u64::from(im.to_bits()) << 32
}

fn unpack64(w: u64) -> (f32, f32) {
    (f32_of(w), f32_of(w >> 32))
}

/// `MinMax`.
///
/// # Safety
/// `d`, `a` and `b` are registers of the operands' sizes.
#[inline(never)]
pub(crate) unsafe fn min_max(f: MinMaxFn, d: *mut u64, a: *const u64, b: *const u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let (x, y) = (*a, *b);
        *d = match f {
            MinMaxFn::MinI64 => (x as i64).min(y as i64) as u64,
            MinMaxFn::MaxI64 => (x as i64).max(y as i64) as u64,
            MinMaxFn::MinU64 => x.min(y),
            MinMaxFn::MaxU64 => x.max(y),
            MinMaxFn::MinF64 => fmin(f64::from_bits(x), f64::from_bits(y)).to_bits(),
            MinMaxFn::MaxF64 => fmax(f64::from_bits(x), f64::from_bits(y)).to_bits(),
            MinMaxFn::MinF32 => f32_word(fmin(f64::from(f32_of(x)), f64::from(f32_of(y))) as f32),
            MinMaxFn::MaxF32 => f32_word(fmax(f64::from(f32_of(x)), f64::from(f32_of(y))) as f32),
            MinMaxFn::MinStr | MinMaxFn::MaxStr => {
                let less = strings::get(b) < strings::get(a);
                let from = if less == (f == MinMaxFn::MinStr) {
                    b
                } else {
                    a
                };
                let (p, n) = (*from, *from.add(1));
                *d.add(1) = n;
                p
            }
        };
    }
}

fn fmin(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        f64::NAN
    } else if x == 0.0 && y == 0.0 {
        if x.is_sign_negative() { x } else { y }
    } else if y < x {
        y
    } else {
        x
    }
}

fn fmax(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        f64::NAN
    } else if x == 0.0 && y == 0.0 {
        if x.is_sign_negative() { y } else { x }
    } else if y > x {
        y
    } else {
        x
    }
}

/// `Complex`.
///
/// # Safety
/// `d`, `a` and `b` are registers of the operation's sizes.
#[inline(never)]
pub(crate) unsafe fn complex(f: ComplexFn, d: *mut u64, a: *const u64, b: *const u64) {
    use ComplexFn::*;
    // SAFETY: the caller's contract: operands of 64 bits have one slot, those of 128 bits two; the unary ones do not look at b.
    unsafe {
        let f64_at = |p: *const u64| f64::from_bits(*p);
        let wide = |p: *const u64| (f64_at(p), f64_at(p.add(1)));
        let narrow = |p: *const u64| unpack64(*p);
        let widen = |(re, im): (f32, f32)| (f64::from(re), f64::from(im));
        let put = |(re, im): (f64, f64)| {
            *d = re.to_bits();
            *d.add(1) = im.to_bits();
        };
        match f {
            Add128 => put((wide(a).0 + wide(b).0, wide(a).1 + wide(b).1)),
            Sub128 => put((wide(a).0 - wide(b).0, wide(a).1 - wide(b).1)),
            Mul128 => put(mul(wide(a), wide(b))),
            Div128 => put(div(wide(a), wide(b))),
            Neg128 => put((-wide(a).0, -wide(a).1)),
            Eq128 => *d = u64::from(wide(a) == wide(b)),
            Add64 => *d = pack64(narrow(a).0 + narrow(b).0, narrow(a).1 + narrow(b).1),
            Sub64 => *d = pack64(narrow(a).0 - narrow(b).0, narrow(a).1 - narrow(b).1),
            Mul64 => {
                // In float64, as Go does it.
                let (re, im) = mul(widen(narrow(a)), widen(narrow(b)));
                *d = pack64(re as f32, im as f32);
            }
            Div64 => {
                let (re, im) = div(widen(narrow(a)), widen(narrow(b)));
                *d = pack64(re as f32, im as f32);
            }
            Neg64 => *d = pack64(-narrow(a).0, -narrow(a).1),
            Eq64 => *d = u64::from(narrow(a) == narrow(b)),
            Make128 => put((f64_at(a), f64_at(b))),
            Make64 => *d = pack64(f32_of(*a), f32_of(*b)),
            Real64 => *d = f32_word(narrow(a).0),
            Imag64 => *d = f32_word(narrow(a).1),
        }
    }
}

fn mul((xr, xi): (f64, f64), (yr, yi): (f64, f64)) -> (f64, f64) {
    (xr * yr - xi * yi, xr * yi + xi * yr)
}

/// Complex division with Go's treatment of infinities and NaNs (C99's).
fn div(n: (f64, f64), m: (f64, f64)) -> (f64, f64) {
    let (e, f) = quotient(n, m);
    if !(e.is_nan() && f.is_nan()) {
        return (e, f);
    }
    let ((a, b), (c, d)) = (n, m);
    let inf2one = |x: f64| {
        if x.is_infinite() {
            1f64.copysign(x)
        } else {
            0f64.copysign(x)
        }
    };
    if m == (0.0, 0.0) && (!a.is_nan() || !b.is_nan()) {
        let inf = f64::INFINITY.copysign(c);
        (inf * a, inf * b)
    } else if (a.is_infinite() || b.is_infinite()) && c.is_finite() && d.is_finite() {
        let (a, b) = (inf2one(a), inf2one(b));
        (
            f64::INFINITY * (a * c + b * d),
            f64::INFINITY * (b * c - a * d),
        )
    } else if (c.is_infinite() || d.is_infinite()) && a.is_finite() && b.is_finite() {
        let (c, d) = (inf2one(c), inf2one(d));
        (0.0 * (a * c + b * d), 0.0 * (b * c - a * d))
    } else {
        (e, f)
    }
}

fn quotient((a, b): (f64, f64), (c, d): (f64, f64)) -> (f64, f64) {
    if c.abs() >= d.abs() {
        let ratio = d / c;
        let denom = c + ratio * d;
        ((a + b * ratio) / denom, (b - a * ratio) / denom)
    } else {
        let ratio = c / d;
        let denom = d + ratio * c;
        ((a * ratio + b) / denom, (b * ratio - a) / denom)
    }
}
