//! Constants as values of Go's types (spec: Representability).

use super::{Kind, Value, make_complex};
use crate::types::Basic;
use num_traits::ToPrimitive;

/// The constant as a value of the basic type, rounded if the type is a float type; none if it cannot be represented.
pub fn representable(v: &Value, basic: Basic) -> Option<Value> {
    use Basic::*;
    if v.is_unknown() {
        return Some(Value::Unknown);
    }
    match basic {
        Bool | UntypedBool => (v.kind() == Kind::Bool).then(|| v.clone()),
        String | UntypedString => (v.kind() == Kind::String).then(|| v.clone()),
        Int | Int8 | Int16 | Int32 | Int64 | Uint | Uint8 | Uint16 | Uint32 | Uint64 | Uintptr
        | UntypedInt | UntypedRune => {
            let i = known(v.to_int())?;
            fits(&i, basic).then_some(i)
        }
        Float32 | Float64 | UntypedFloat => make_rounded(&known(v.to_float())?, basic),
        Complex64 | Complex128 | UntypedComplex => make_rounded(&known(v.to_complex())?, basic),
        Invalid | UnsafePointer | UntypedNil => None,
    }
}

fn known(v: Value) -> Option<Value> {
    if v.is_unknown() { None } else { Some(v) }
}

fn fits(i: &Value, basic: Basic) -> bool {
    use Basic::*;
    let (signed, bits) = match basic {
        Int8 => (true, 8),
        Int16 => (true, 16),
        Int32 => (true, 32),
        Int | Int64 => (true, 64),
        Uint8 => (false, 8),
        Uint16 => (false, 16),
        Uint32 => (false, 32),
        Uint | Uint64 | Uintptr => (false, 64),
        _ => return true,
    };
    let Some(n) = i.as_big_int().and_then(|i| i.to_i128()) else {
        return false;
    };
    let (lo, hi) = if signed {
        (-(1i128 << (bits - 1)), 1i128 << (bits - 1))
    } else {
        (0, 1i128 << bits)
    };
    (lo..hi).contains(&n)
}

/// A number rounded to a float or complex type; none if it is too large.
pub fn make_rounded(v: &Value, basic: Basic) -> Option<Value> {
    match basic {
        Basic::Float32 => known(v.round_to_f32()),
        Basic::Float64 => known(v.round_to_f64()),
        Basic::Complex64 => Some(make_complex(
            known(v.real().round_to_f32())?,
            known(v.imag().round_to_f32())?,
        )),
        Basic::Complex128 => Some(make_complex(
            known(v.real().round_to_f64())?,
            known(v.imag().round_to_f64())?,
        )),
        _ => Some(v.clone()),
    }
}
