//! Which constants fit which basic types (go/types: representableConst).

use crate::constant::{Kind, Value, make_complex};
use crate::types::Basic;

/// The constant as a value of type `basic` (rounded if it is a float type); `None` if it does not fit.
pub fn representable_const(x: &Value, basic: Basic) -> Option<Value> {
    use Basic::*;
    if x.is_unknown() {
        return Some(Value::Unknown);
    }
    let int = |min: i64, max: i64| x.to_int().as_i64().filter(|i| (min..=max).contains(i)).map(Value::Int64);
    let of_kind = |v: Value, kind: Kind| (v.kind() == kind).then_some(v);
    match basic {
        Int | Int64 => int(i64::MIN, i64::MAX),
        Int8 => int(i8::MIN.into(), i8::MAX.into()),
        Int16 => int(i16::MIN.into(), i16::MAX.into()),
        Int32 => int(i32::MIN.into(), i32::MAX.into()),
        Uint8 => int(0, u8::MAX.into()),
        Uint16 => int(0, u16::MAX.into()),
        Uint32 => int(0, u32::MAX.into()),
        Uint | Uint64 | Uintptr => Some(x.to_int()).filter(|v| v.as_u64().is_some()),
        UntypedInt | UntypedRune => of_kind(x.to_int(), Kind::Int),
        Float32 | Float64 => of_kind(x.to_float(), Kind::Float).and_then(|v| round(&v, basic == Float32)),
        UntypedFloat => of_kind(x.to_float(), Kind::Float),
        Complex64 | Complex128 => {
            let v = of_kind(x.to_complex(), Kind::Complex)?;
            let single = basic == Complex64;
            Some(make_complex(round(&v.real(), single)?, round(&v.imag(), single)?))
        }
        UntypedComplex => of_kind(x.to_complex(), Kind::Complex),
        String | UntypedString => of_kind(x.clone(), Kind::String),
        Bool | UntypedBool => of_kind(x.clone(), Kind::Bool),
        Invalid | UnsafePointer | UntypedNil => None,
    }
}

fn round(v: &Value, single: bool) -> Option<Value> {
    let rounded = if single { v.round_to_f32() } else { v.round_to_f64() };
    Some(rounded).filter(|v| !v.is_unknown())
}
