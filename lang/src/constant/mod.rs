//! Exact constant values and their operations (go/constant).
//!
//! Invariants: a value is stored in its smallest form (an integer that fits 64 bits is `Small`, an integral ratio stays a ratio
//! only in a float context); numbers whose exponent exceeds ±4096 are kept as 512-bit binary floats, so no literal or operation
//! costs more than a bounded amount of time and memory, given that the checker bounds integers (512 bits) and shift counts;
//! `Unknown` is the result of any operation on it.

mod bigfloat;
mod format;
mod literal;
mod ops;
mod represent;

pub use bigfloat::BigFloat;
pub(crate) use format::quote;
pub use literal::make_from_literal;
pub use ops::{binary_op, compare, int_quo, shift, unary_op};
pub use represent::{make_rounded, representable};

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use std::rc::Rc;

/// A constant's value.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// Not known because of an error.
    Unknown,
    /// A boolean.
    Bool(bool),
    /// A string: any bytes.
    String(Rc<[u8]>),
    /// An integer.
    Int(Int),
    /// A real number that need not be an integer.
    Float(Float),
    /// Real and imaginary part.
    Complex(Rc<(Value, Value)>),
}

/// An integer in its smallest form.
#[derive(Clone, PartialEq, Debug)]
pub enum Int {
    /// It fits 64 bits.
    Small(i64),
    /// It does not.
    Big(Rc<BigInt>),
}

/// A real number.
#[derive(Clone, PartialEq, Debug)]
pub enum Float {
    /// A fraction of moderate size.
    Ratio(Rc<BigRational>),
    /// Anything else.
    Big(Rc<BigFloat>),
}

/// The kinds of values, ordered so that the larger of two kinds can represent both.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)] // the names are go/constant's
pub enum Kind {
    Unknown,
    Bool,
    String,
    Int,
    Float,
    Complex,
}

/// Integers and fractions with more bits than this in a part become binary floats.
const MAX_EXP: u64 = 4 << 10;

/// A boolean.
pub fn make_bool(b: bool) -> Value {
    Value::Bool(b)
}

/// A string.
pub fn make_string(s: &[u8]) -> Value {
    Value::String(s.into())
}

/// An integer.
pub fn make_int64(i: i64) -> Value {
    Value::Int(Int::Small(i))
}

/// An unsigned integer.
pub fn make_uint64(u: u64) -> Value {
    make_big_int(u.into())
}

/// An integer of any size.
pub fn make_big_int(i: BigInt) -> Value {
    match i.to_i64() {
        Some(small) => Value::Int(Int::Small(small)),
        None => Value::Int(Int::Big(Rc::new(i))),
    }
}

/// A float; infinities and NaN are unknown.
pub fn make_float64(f: f64) -> Value {
    if !f.is_finite() {
        return Value::Unknown;
    }
    if f == 0.0 {
        return make_ratio(BigRational::zero());
    }
    make_float(BigFloat::from_f64(f))
}

/// A fraction, in whatever form its size allows.
pub fn make_ratio(r: BigRational) -> Value {
    if r.numer().bits() < MAX_EXP && r.denom().bits() < MAX_EXP {
        return Value::Float(Float::Ratio(Rc::new(r)));
    }
    make_float_raw(BigFloat::from_ratio(&r))
}

/// A binary float, as a fraction if its size allows.
pub fn make_float(f: BigFloat) -> Value {
    if f.is_zero() {
        return Value::Float(Float::Ratio(Rc::new(BigRational::zero())));
    }
    if f.is_small() {
        return make_ratio(f.to_ratio());
    }
    make_float_raw(f)
}

fn make_float_raw(f: BigFloat) -> Value {
    if f.is_infinite() {
        Value::Unknown
    } else {
        Value::Float(Float::Big(Rc::new(f)))
    }
}

/// `re + im i`
pub fn make_complex(re: Value, im: Value) -> Value {
    if re == Value::Unknown || im == Value::Unknown {
        return Value::Unknown;
    }
    Value::Complex(Rc::new((re, im)))
}

impl Value {
    /// The value's kind.
    pub fn kind(&self) -> Kind {
        match self {
            Value::Unknown => Kind::Unknown,
            Value::Bool(_) => Kind::Bool,
            Value::String(_) => Kind::String,
            Value::Int(Int::Small(_)) | Value::Int(Int::Big(_)) => Kind::Int,
            Value::Float(Float::Ratio(_)) | Value::Float(Float::Big(_)) => Kind::Float,
            Value::Complex(_) => Kind::Complex,
        }
    }

    /// Whether it is unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown)
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The string's bytes, if it is one.
    pub fn as_str(&self) -> Option<&Rc<[u8]>> {
        match self {
            Value::String(s) => Some(s),
            _ => None,
        }
    }

    /// The integer, if it is one that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(Int::Small(i)) => Some(*i),
            _ => None,
        }
    }

    /// The integer, if it is one that fits.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Value::Int(Int::Small(i)) => u64::try_from(*i).ok(),
            Value::Int(Int::Big(i)) => i.to_u64(),
            _ => None,
        }
    }

    /// The integer, if it is one.
    pub fn as_big_int(&self) -> Option<BigInt> {
        match self {
            Value::Int(Int::Small(i)) => Some((*i).into()),
            Value::Int(Int::Big(i)) => Some((**i).clone()),
            _ => None,
        }
    }

    /// The nearest float of a real number (infinite if too large); 0 for anything else.
    pub fn to_f64(&self) -> f64 {
        round_real(self, 53, -1074, 1024)
    }

    /// The nearest single-precision float of a real number (infinite if too large); 0 for anything else.
    pub fn to_f32(&self) -> f32 {
        round_real(self, 24, -149, 128) as f32
    }

    /// The real part of a number.
    pub fn real(&self) -> Value {
        match self {
            Value::Complex(c) => c.0.clone(),
            Value::Bool(_) | Value::String(_) => Value::Unknown,
            v => v.clone(),
        }
    }

    /// The imaginary part of a number.
    pub fn imag(&self) -> Value {
        match self {
            Value::Complex(c) => c.1.clone(),
            Value::Bool(_) | Value::String(_) | Value::Unknown => Value::Unknown,
            _ => Value::Int(Int::Small(0)),
        }
    }

    /// -1, 0 or 1; for a complex number 0 exactly when it is zero; 1 when unknown.
    pub fn sign(&self) -> i32 {
        match self {
            Value::Int(Int::Small(i)) => i.signum() as i32,
            Value::Int(Int::Big(i)) => sign_of(i),
            Value::Float(Float::Ratio(r)) => sign_of(r.numer()),
            Value::Float(Float::Big(f)) => f.sign(),
            Value::Complex(c) => c.0.sign() | c.1.sign(),
            _ => 1,
        }
    }

    /// The number of bits of an integer's magnitude; 0 for anything else.
    pub fn bit_len(&self) -> u64 {
        match self {
            Value::Int(Int::Small(i)) => 64 - u64::from(i.unsigned_abs().leading_zeros()),
            Value::Int(Int::Big(i)) => i.bits(),
            _ => 0,
        }
    }

    /// The same number as an integer; unknown if it is none.
    pub fn to_int(&self) -> Value {
        match self {
            Value::Int(Int::Small(_)) | Value::Int(Int::Big(_)) => self.clone(),
            Value::Float(Float::Ratio(r)) if r.is_integer() => make_big_int(r.numer().clone()),
            Value::Float(Float::Big(f)) => f.to_int().map_or(Value::Unknown, make_big_int),
            Value::Complex(c) if c.1.sign() == 0 => c.0.to_int(),
            _ => Value::Unknown,
        }
    }

    /// The same number as a float; unknown if it is none.
    pub fn to_float(&self) -> Value {
        match self {
            Value::Int(Int::Small(i)) => Value::Float(Float::Ratio(Rc::new(
                BigRational::from_integer((*i).into()),
            ))),
            Value::Int(Int::Big(i)) => make_ratio(BigRational::from_integer((**i).clone())),
            Value::Float(Float::Ratio(_)) | Value::Float(Float::Big(_)) => self.clone(),
            Value::Complex(c) if c.1.sign() == 0 => c.0.to_float(),
            _ => Value::Unknown,
        }
    }

    /// The same number as a complex one; unknown if it is none.
    pub fn to_complex(&self) -> Value {
        match self {
            Value::Complex(_) => self.clone(),
            Value::Int(Int::Small(_))
            | Value::Int(Int::Big(_))
            | Value::Float(Float::Ratio(_))
            | Value::Float(Float::Big(_)) => make_complex(self.clone(), Value::Int(Int::Small(0))),
            _ => Value::Unknown,
        }
    }

    /// A real number rounded to a float64; unknown if too large.
    pub fn round_to_f64(&self) -> Value {
        make_float64(self.to_f64())
    }

    /// A real number rounded to a float32; unknown if too large.
    pub fn round_to_f32(&self) -> Value {
        make_float64(f64::from(self.to_f32()))
    }
}

/// `Value::to_int`
pub fn to_int(v: &Value) -> Value {
    v.to_int()
}

/// `Value::to_float`
pub fn to_float(v: &Value) -> Value {
    v.to_float()
}

/// `Value::to_complex`
pub fn to_complex(v: &Value) -> Value {
    v.to_complex()
}

/// `Value::real`
pub fn real(v: &Value) -> Value {
    v.real()
}

/// `Value::imag`
pub fn imag(v: &Value) -> Value {
    v.imag()
}

/// `Value::sign`
pub fn sign(v: &Value) -> i32 {
    v.sign()
}

/// `Value::bit_len`
pub fn bit_len(v: &Value) -> u64 {
    v.bit_len()
}

/// `Value::as_i64`
pub fn int64_val(v: &Value) -> Option<i64> {
    v.as_i64()
}

/// `Value::as_u64`
pub fn uint64_val(v: &Value) -> Option<u64> {
    v.as_u64()
}

fn sign_of(i: &BigInt) -> i32 {
    match i.sign() {
        Sign::Minus => -1,
        Sign::NoSign => 0,
        Sign::Plus => 1,
    }
}

/// The nearest IEEE float with `bits` of mantissa, smallest exponent `emin` and exponents below `emax`.
fn round_real(v: &Value, bits: u64, emin: i64, emax: i64) -> f64 {
    match v {
        Value::Int(Int::Small(i)) if bits == 53 => *i as f64,
        Value::Int(Int::Small(i)) => {
            round_binary(*i < 0, i.unsigned_abs().into(), 0, false, bits, emin, emax)
        }
        Value::Int(Int::Big(i)) => round_binary(
            i.is_negative(),
            i.magnitude().clone(),
            0,
            false,
            bits,
            emin,
            emax,
        ),
        Value::Float(Float::Ratio(r)) => {
            let (num, den) = (r.numer().magnitude(), r.denom().magnitude());
            // Scale so that the quotient has a few bits more than needed; what is left over only says "inexact".
            let shift = (bits + 3)
                .saturating_add(den.bits())
                .saturating_sub(num.bits());
            let (q, rem) = (num << shift).div_rem(den);
            round_binary(
                r.is_negative(),
                q,
                -(shift as i64),
                !rem.is_zero(),
                bits,
                emin,
                emax,
            )
        }
        Value::Float(Float::Big(f)) => {
            let (mant, exp) = f.parts();
            round_binary(
                f.sign() < 0,
                mant.magnitude().clone(),
                exp,
                false,
                bits,
                emin,
                emax,
            )
        }
        Value::Complex(c) if c.1.sign() == 0 => round_real(&c.0, bits, emin, emax),
        _ => 0.0,
    }
}

/// Rounds `mant × 2^exp` (plus a bit if `sticky`) half to even.
fn round_binary(
    neg: bool,
    mant: BigUint,
    exp: i64,
    sticky: bool,
    bits: u64,
    emin: i64,
    emax: i64,
) -> f64 {
    let sign = if neg { -1.0 } else { 1.0 };
    if mant.is_zero() {
        return 0.0;
    }
    let top = exp + mant.bits() as i64;
    if top > emax {
        return sign * f64::INFINITY;
    }
    if top < emin {
        return 0.0;
    }
    // The exponent of the last bit kept.
    let last = (top - bits as i64).max(emin);
    let (kept, exact_half, above_half) = split(&mant, last - exp, sticky);
    let mut kept = kept;
    if above_half || (exact_half && kept & 1 == 1) {
        kept += 1;
    }
    let value = scale(kept as f64, last);
    if value >= 2f64.powi(1023) && emax == 1024 && value.is_infinite() || value >= scale(1.0, emax)
    {
        return sign * f64::INFINITY;
    }
    sign * value
}

/// `mant >> drop` with what was dropped compared to a half.
fn split(mant: &BigUint, drop: i64, sticky: bool) -> (u64, bool, bool) {
    if drop <= 0 {
        let kept = (mant << drop.unsigned_abs()).to_u64().unwrap_or(u64::MAX);
        return (kept, false, false);
    }
    let drop = drop as u64;
    let kept = (mant >> drop).to_u64().unwrap_or(u64::MAX);
    let half = mant.bit(drop - 1);
    let rest = sticky || mant.trailing_zeros().is_some_and(|z| z < drop - 1);
    (kept, half && !rest, half && rest)
}

/// `m × 2^e` for an integral `m` below 2^54, without a rounding on the way when the result is representable.
fn scale(m: f64, e: i64) -> f64 {
    let step = |m: f64, e: i64| m * 2f64.powi(e as i32);
    if e < -1000 {
        return step(step(m, e + 600), -600);
    }
    if e > 900 {
        return step(step(m, 900), e - 900);
    }
    step(m, e)
}
