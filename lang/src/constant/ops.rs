//! Operations on constant values.

use super::{
    BigFloat, Float, Int, Kind, Value, make_big_int, make_complex, make_float, make_int64,
    make_ratio,
};
use crate::ast::{BinaryOp, UnaryOp};
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::rc::Rc;

/// `op x`. For `^` on an unsigned type `unsigned_bits` is the type's size in bits; 0 means signed or untyped.
pub fn unary_op(op: UnaryOp, x: &Value, unsigned_bits: u32) -> Value {
    match (op, x) {
        (UnaryOp::Plus, v) if v.kind() >= Kind::Int => v.clone(),
        (UnaryOp::Neg, v) => negate(v),
        (UnaryOp::Not, Value::Bool(b)) => Value::Bool(!b),
        (UnaryOp::Xor, v) => match v.as_big_int() {
            Some(i) if unsigned_bits == 0 => make_big_int(!i),
            Some(i) => make_big_int(!i & ((BigInt::one() << unsigned_bits) - 1)),
            None => Value::Unknown,
        },
        _ => Value::Unknown,
    }
}

fn negate(v: &Value) -> Value {
    match v {
        Value::Int(Int::Small(i)) => i
            .checked_neg()
            .map_or_else(|| make_big_int(-BigInt::from(*i)), make_int64),
        Value::Int(Int::Big(i)) => make_big_int(-(**i).clone()),
        Value::Float(Float::Ratio(r)) => make_ratio(-(**r).clone()),
        Value::Float(Float::Big(f)) => make_float(f.neg()),
        Value::Complex(c) => make_complex(negate(&c.0), negate(&c.1)),
        _ => Value::Unknown,
    }
}

/// `x op y` for an operator that is neither a comparison nor a shift; `/` of integers is exact. Division by zero is unknown.
pub fn binary_op(x: &Value, op: BinaryOp, y: &Value) -> Value {
    operate(x, op, y, false)
}

/// The truncated quotient of two integers; unknown if the divisor is zero.
pub fn int_quo(x: &Value, y: &Value) -> Value {
    operate(x, BinaryOp::Div, y, true)
}

fn operate(x: &Value, op: BinaryOp, y: &Value, int_div: bool) -> Value {
    match (x, y) {
        (Value::Unknown, _) | (_, Value::Unknown) => Value::Unknown,
        (Value::Bool(a), Value::Bool(b)) => match op {
            BinaryOp::LAnd => Value::Bool(*a && *b),
            BinaryOp::LOr => Value::Bool(*a || *b),
            _ => Value::Unknown,
        },
        (Value::String(a), Value::String(b)) if op == BinaryOp::Add => {
            Value::String([&**a, &**b].concat().into())
        }
        (Value::Int(Int::Small(a)), Value::Int(Int::Small(b))) => small_op(*a, op, *b, int_div),
        _ => number_op(x, op, y, int_div),
    }
}

fn small_op(a: i64, op: BinaryOp, b: i64, int_div: bool) -> Value {
    let fast = match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::Div if int_div => a.checked_div(b),
        BinaryOp::And => Some(a & b),
        BinaryOp::Or => Some(a | b),
        BinaryOp::Xor => Some(a ^ b),
        BinaryOp::AndNot => Some(a & !b),
        _ => None,
    };
    fast.map_or_else(|| big_op(&a.into(), op, &b.into(), int_div), make_int64)
}

fn big_op(a: &BigInt, op: BinaryOp, b: &BigInt, int_div: bool) -> Value {
    if matches!(op, BinaryOp::Div | BinaryOp::Rem) && b.is_zero() {
        return Value::Unknown;
    }
    match op {
        BinaryOp::Add => make_big_int(a + b),
        BinaryOp::Sub => make_big_int(a - b),
        BinaryOp::Mul => make_big_int(a * b),
        BinaryOp::Div if int_div => make_big_int(a / b),
        BinaryOp::Div => make_ratio(BigRational::new(a.clone(), b.clone())),
        BinaryOp::Rem => make_big_int(a % b),
        BinaryOp::And => make_big_int(a & b),
        BinaryOp::Or => make_big_int(a | b),
        BinaryOp::Xor => make_big_int(a ^ b),
        BinaryOp::AndNot => make_big_int(a & !b.clone()),
        _ => Value::Unknown,
    }
}

/// Both operands in the form of the wider one.
enum Pair {
    Int(BigInt, BigInt),
    Ratio(Rc<BigRational>, Rc<BigRational>),
    Float(BigFloat, BigFloat),
    Complex(Value, Value),
    None,
}

fn pair(x: &Value, y: &Value) -> Pair {
    let (kx, ky) = (x.kind(), y.kind());
    if kx < Kind::Int || ky < Kind::Int {
        return Pair::None;
    }
    match kx.max(ky) {
        Kind::Int => match (x.as_big_int(), y.as_big_int()) {
            (Some(a), Some(b)) => Pair::Int(a, b),
            _ => Pair::None,
        },
        Kind::Float => match (x.to_float(), y.to_float()) {
            (Value::Float(Float::Ratio(a)), Value::Float(Float::Ratio(b))) => Pair::Ratio(a, b),
            (a, b) => match (big_float(&a), big_float(&b)) {
                (Some(a), Some(b)) => Pair::Float(a, b),
                _ => Pair::None,
            },
        },
        _ => Pair::Complex(x.to_complex(), y.to_complex()),
    }
}

fn big_float(v: &Value) -> Option<BigFloat> {
    match v {
        Value::Float(Float::Ratio(r)) => Some(BigFloat::from_ratio(r)),
        Value::Float(Float::Big(f)) => Some((**f).clone()),
        _ => None,
    }
}

fn number_op(x: &Value, op: BinaryOp, y: &Value, int_div: bool) -> Value {
    match pair(x, y) {
        Pair::Int(a, b) => big_op(&a, op, &b, int_div),
        Pair::Ratio(a, b) => match op {
            BinaryOp::Add => make_ratio(&*a + &*b),
            BinaryOp::Sub => make_ratio(&*a - &*b),
            BinaryOp::Mul => make_ratio(&*a * &*b),
            BinaryOp::Div if !b.is_zero() => make_ratio(&*a / &*b),
            _ => Value::Unknown,
        },
        Pair::Float(a, b) => match op {
            BinaryOp::Add => make_float(a.add(&b)),
            BinaryOp::Sub => make_float(a.add(&b.neg())),
            BinaryOp::Mul => make_float(a.mul(&b)),
            BinaryOp::Div if !b.is_zero() => make_float(a.div(&b)),
            _ => Value::Unknown,
        },
        Pair::Complex(a, b) => complex_op(&a, op, &b),
        Pair::None => Value::Unknown,
    }
}

fn complex_op(x: &Value, op: BinaryOp, y: &Value) -> Value {
    let (a, b, c, d) = (x.real(), x.imag(), y.real(), y.imag());
    let add = |x: &Value, y: &Value| binary_op(x, BinaryOp::Add, y);
    let sub = |x: &Value, y: &Value| binary_op(x, BinaryOp::Sub, y);
    let mul = |x: &Value, y: &Value| binary_op(x, BinaryOp::Mul, y);
    let div = |x: &Value, y: &Value| binary_op(x, BinaryOp::Div, y);
    match op {
        BinaryOp::Add => make_complex(add(&a, &c), add(&b, &d)),
        BinaryOp::Sub => make_complex(sub(&a, &c), sub(&b, &d)),
        BinaryOp::Mul => make_complex(
            sub(&mul(&a, &c), &mul(&b, &d)),
            add(&mul(&b, &c), &mul(&a, &d)),
        ),
        BinaryOp::Div => {
            let s = add(&mul(&c, &c), &mul(&d, &d));
            let re = div(&add(&mul(&a, &c), &mul(&b, &d)), &s);
            make_complex(re, div(&sub(&mul(&b, &c), &mul(&a, &d)), &s))
        }
        _ => Value::Unknown,
    }
}

/// `x << n` or `x >> n` for an integer.
pub fn shift(x: &Value, op: BinaryOp, n: u64) -> Value {
    let Some(i) = x.as_big_int() else {
        return Value::Unknown;
    };
    if op == BinaryOp::Shl {
        make_big_int(i << n)
    } else {
        make_big_int(floor_shr(i, n))
    }
}

fn floor_shr(i: BigInt, n: u64) -> BigInt {
    match n.to_usize() {
        Some(n) if (n as u64) < i.bits() + 1 => i.div_floor(&(BigInt::one() << n)),
        _ if i < BigInt::zero() => -BigInt::one(),
        _ => BigInt::zero(),
    }
}

/// `x op y` for a comparison; false if either is unknown or they cannot be compared.
pub fn compare(x: &Value, op: BinaryOp, y: &Value) -> bool {
    let holds = |o: Ordering| match op {
        BinaryOp::Eq => o == Ordering::Equal,
        BinaryOp::Ne => o != Ordering::Equal,
        BinaryOp::Lt => o == Ordering::Less,
        BinaryOp::Le => o != Ordering::Greater,
        BinaryOp::Gt => o == Ordering::Greater,
        BinaryOp::Ge => o != Ordering::Less,
        _ => false,
    };
    match (x, y) {
        (Value::Bool(a), Value::Bool(b)) => holds(a.cmp(b)),
        (Value::String(a), Value::String(b)) => holds(a.cmp(b)),
        (Value::Int(Int::Small(a)), Value::Int(Int::Small(b))) => holds(a.cmp(b)),
        _ => match pair(x, y) {
            Pair::Int(a, b) => holds(a.cmp(&b)),
            Pair::Ratio(a, b) => holds(a.cmp(&b)),
            Pair::Float(a, b) => holds(a.cmp(&b)),
            Pair::Complex(a, b) => {
                let same = compare(&a.real(), BinaryOp::Eq, &b.real())
                    && compare(&a.imag(), BinaryOp::Eq, &b.imag());
                match op {
                    BinaryOp::Eq => same,
                    BinaryOp::Ne => !same,
                    _ => false,
                }
            }
            Pair::None => false,
        },
    }
}
