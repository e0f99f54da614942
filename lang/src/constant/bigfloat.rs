//! Binary floats of 512 bits for numbers too large or small to be fractions.

use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

/// Precision in bits.
const PREC: u64 = 512;
/// Exponents beyond this are infinite (or zero).
const EXP_LIMIT: i64 = i32::MAX as i64;
/// Numbers within 2^±this may become fractions.
const SMALL_EXP: i64 = 4 << 10;

/// `mant × 2^exp` with an odd or zero mantissa of at most 512 bits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BigFloat {
    mant: BigInt,
    exp: i64,
}

impl BigFloat {
    /// `mant × 2^exp`, rounded half to even to 512 bits.
    pub fn new(mant: BigInt, exp: i64) -> BigFloat {
        BigFloat::rounded(mant, exp, PREC)
    }

    fn rounded(mant: BigInt, exp: i64, prec: u64) -> BigFloat {
        let bits = mant.bits();
        let (mut mant, mut exp) = (mant, exp);
        if bits > prec {
            let drop = bits - prec;
            let neg = mant.is_negative();
            let mag = mant.magnitude();
            let half = mag.bit(drop - 1);
            let rest = mag.trailing_zeros().is_some_and(|z| z < drop - 1);
            let mut kept: BigUint = mag >> drop;
            if half && (rest || kept.bit(0)) {
                kept += 1u32;
            }
            mant = BigInt::from(kept);
            if neg {
                mant = -mant;
            }
            exp += drop as i64;
        }
        let zeros = mant.trailing_zeros().unwrap_or(0);
        // What is too small is zero.
        if mant.is_zero() || mant.bits() as i64 + exp < -EXP_LIMIT - 1 {
            return BigFloat {
                mant: BigInt::zero(),
                exp: 0,
            };
        }
        BigFloat {
            mant: mant >> zeros,
            exp: exp + zeros as i64,
        }
    }

    /// The value of a finite float.
    pub fn from_f64(f: f64) -> BigFloat {
        let bits = f.to_bits();
        let e = ((bits >> 52) & 0x7ff) as i64;
        let frac = bits & ((1 << 52) - 1);
        let (m, e) = if e == 0 {
            (frac, -1074)
        } else {
            (frac | 1 << 52, e - 1075)
        };
        let m = BigInt::from(m);
        BigFloat::new(if f < 0.0 { -m } else { m }, e)
    }

    /// The nearest to a fraction.
    pub fn from_ratio(r: &BigRational) -> BigFloat {
        BigFloat::new(r.numer().clone(), 0).div(&BigFloat::new(r.denom().clone(), 0))
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.mant.is_zero()
    }

    /// Whether its exponent is out of bounds.
    pub fn is_infinite(&self) -> bool {
        self.top() > EXP_LIMIT
    }

    /// Whether it may become a fraction.
    pub fn is_small(&self) -> bool {
        self.is_zero() || self.top().abs() < SMALL_EXP
    }

    fn top(&self) -> i64 {
        self.exp + self.mant.bits() as i64
    }

    /// Mantissa and exponent.
    pub fn parts(&self) -> (&BigInt, i64) {
        (&self.mant, self.exp)
    }

    /// -1, 0 or 1.
    pub fn sign(&self) -> i32 {
        super::sign_of(&self.mant)
    }

    /// The exact fraction; only for `is_small` values.
    pub fn to_ratio(&self) -> BigRational {
        if self.exp >= 0 {
            BigRational::from_integer(self.mant.clone() << self.exp.unsigned_abs())
        } else {
            BigRational::new(self.mant.clone(), BigInt::one() << self.exp.unsigned_abs())
        }
    }

    /// The integer it is, or, as it is inexact anyway, the one it is within its last four bits of.
    pub fn to_int(&self) -> Option<BigInt> {
        if !self.is_small() {
            return None;
        }
        if self.exp >= 0 {
            return Some(self.mant.clone() << self.exp.unsigned_abs());
        }
        let near = BigFloat::rounded(self.mant.clone(), self.exp, PREC - 4);
        (near.exp >= 0).then(|| near.mant.clone() << near.exp.unsigned_abs())
    }

    /// Sum.
    pub fn add(&self, y: &BigFloat) -> BigFloat {
        if self.is_zero() {
            return y.clone();
        }
        if y.is_zero() {
            return self.clone();
        }
        let (hi, lo) = if self.top() >= y.top() {
            (self, y)
        } else {
            (y, self)
        };
        // A number far below the other's last bit cannot change the rounded sum.
        if hi.top() - lo.top() > 2 * PREC as i64 + 4 {
            return hi.clone();
        }
        let exp = hi.exp.min(lo.exp);
        let at = |f: &BigFloat| f.mant.clone() << (f.exp - exp).unsigned_abs();
        BigFloat::new(at(hi) + at(lo), exp)
    }

    /// The negated value.
    pub fn neg(&self) -> BigFloat {
        BigFloat {
            mant: -self.mant.clone(),
            exp: self.exp,
        }
    }

    /// Product.
    pub fn mul(&self, y: &BigFloat) -> BigFloat {
        BigFloat::new(&self.mant * &y.mant, self.exp + y.exp)
    }

    /// Quotient; the divisor is not zero.
    pub fn div(&self, y: &BigFloat) -> BigFloat {
        if y.is_zero() {
            return BigFloat {
                mant: BigInt::one(),
                exp: EXP_LIMIT + 1,
            };
        }
        let shift = 2 * PREC + 8;
        let num = self.mant.clone() << shift;
        let mut q = &num / &y.mant;
        if !(&num % &y.mant).is_zero() {
            // Keep the rounding honest: something is left over.
            q = (q << 1u32)
                + if self.sign() * y.sign() < 0 {
                    -BigInt::one()
                } else {
                    BigInt::one()
                };
            return BigFloat::new(q, self.exp - y.exp - shift as i64 - 1);
        }
        BigFloat::new(q, self.exp - y.exp - shift as i64)
    }

    /// `10^n`
    pub fn pow10(n: i64) -> BigFloat {
        let mut result = BigFloat::new(BigInt::one(), 0);
        let mut base = BigFloat::new(BigInt::from(10), 0);
        let mut k = n.unsigned_abs();
        while k > 0 {
            if k & 1 == 1 {
                result = result.mul(&base);
            }
            k >>= 1;
            if k > 0 {
                base = base.mul(&base);
            }
            if result.is_infinite() || base.top() > 8 * EXP_LIMIT {
                return BigFloat {
                    mant: BigInt::one(),
                    exp: EXP_LIMIT + 1,
                };
            }
        }
        if n < 0 {
            BigFloat::new(BigInt::one(), 0).div(&result)
        } else {
            result
        }
    }

    /// A decimal mantissa and exponent that are near: for messages about numbers outside float64.
    pub fn approximate(&self) -> (f64, i64) {
        if self.is_zero() {
            return (0.0, 0);
        }
        let bits = self.mant.bits();
        let m = (self.mant.magnitude() >> bits.saturating_sub(60))
            .to_f64()
            .unwrap_or(1.0);
        let e2 = self.exp + bits.saturating_sub(60) as i64;
        let log = m.log10() + e2 as f64 * std::f64::consts::LOG10_2;
        let e = log.floor();
        let sign = if self.mant.is_negative() { -1.0 } else { 1.0 };
        (sign * 10f64.powf(log - e), e as i64)
    }
}

impl PartialOrd for BigFloat {
    fn partial_cmp(&self, other: &BigFloat) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for BigFloat {
    fn cmp(&self, other: &BigFloat) -> Ordering {
        let (s, o) = (self.sign(), other.sign());
        if s != o || s == 0 {
            return s.cmp(&o);
        }
        let by_size = self.top().cmp(&other.top());
        let by_size = if by_size != Ordering::Equal {
            by_size
        } else {
            let exp = self.exp.min(other.exp);
            let at = |f: &BigFloat| f.mant.magnitude().clone() << (f.exp - exp).unsigned_abs();
            at(self).cmp(&at(other))
        };
        if s < 0 { by_size.reverse() } else { by_size }
    }
}
