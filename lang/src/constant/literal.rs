//! Values of literals.

use super::{BigFloat, Int, Value, make_big_int, make_complex, make_float, make_ratio};
use crate::ast::LitKind;
use crate::syntax::{unquote, unquote_char};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Num, Zero};

/// The value of a literal as it stands in the source; unknown if it is malformed or too large.
pub fn make_from_literal(text: &str, kind: LitKind) -> Value {
    match kind {
        LitKind::Int => int_literal(&text.replace('_', "")),
        LitKind::Float => float_literal(&text.replace('_', "")),
        LitKind::Imag => imag_literal(&text.replace('_', "")),
        LitKind::Char => Value::Int(Int::Small(i64::from(unquote_char(text)))),
        LitKind::String => Value::String(unquote(text).into()),
    }
}

fn int_literal(text: &str) -> Value {
    let t = text.to_ascii_lowercase();
    let (digits, radix) = match t.get(..2) {
        Some("0x") => (&t[2..], 16),
        Some("0o") => (&t[2..], 8),
        Some("0b") => (&t[2..], 2),
        _ if t.len() > 1 && t.starts_with('0') => (&t[1..], 8),
        _ => (&t[..], 10),
    };
    if let Ok(i) = i64::from_str_radix(digits, radix) {
        return Value::Int(Int::Small(i));
    }
    BigInt::from_str_radix(digits, radix).map_or(Value::Unknown, make_big_int)
}

fn float_literal(text: &str) -> Value {
    let t = text.to_ascii_lowercase();
    match t.strip_prefix("0x") {
        Some(hex) => scaled(hex, 'p', 16),
        None => scaled(&t, 'e', 10),
    }
}

/// `digits.digits` in base `radix`, times 10 (or for hexadecimal digits 2) to the power after `mark`.
fn scaled(text: &str, mark: char, radix: u32) -> Value {
    let (mant, exp) = text.split_once(mark).unwrap_or((text, "0"));
    let (whole, frac) = mant.split_once('.').unwrap_or((mant, ""));
    let digits = format!("{whole}{frac}");
    let Ok(m) = BigInt::from_str_radix(if digits.is_empty() { "0" } else { &digits }, radix) else {
        return Value::Unknown;
    };
    if m.is_zero() {
        return make_ratio(BigRational::zero());
    }
    let exp = match exp.parse::<i64>() {
        Ok(e) if e.abs() < 1 << 40 => e,
        // Far too small is zero, far too large is no number.
        _ if exp.starts_with('-') => return make_ratio(BigRational::zero()),
        _ => return Value::Unknown,
    };
    if radix == 16 {
        return make_float(BigFloat::new(m, exp - 4 * frac.len() as i64));
    }
    let exp = exp - frac.len() as i64;
    let size = exp + digits.len() as i64;
    if (-1200..1200).contains(&size) && digits.len() < 1200 {
        let ten = num_traits::pow(BigInt::from(10), exp.unsigned_abs() as usize);
        return make_ratio(if exp < 0 {
            BigRational::new(m, ten)
        } else {
            BigRational::from_integer(m * ten)
        });
    }
    let p = BigFloat::pow10(exp);
    if p.is_infinite() {
        return if exp < 0 {
            make_ratio(BigRational::zero())
        } else {
            Value::Unknown
        };
    }
    make_float(BigFloat::new(m, 0).mul(&p))
}

fn imag_literal(text: &str) -> Value {
    let Some(t) = text.strip_suffix('i') else {
        return Value::Unknown;
    };
    let prefixed = t.len() > 1 && t.starts_with('0') && t.as_bytes()[1].is_ascii_alphabetic();
    let im = if prefixed && !(t.starts_with("0x") || t.starts_with("0X")) {
        int_literal(t)
    } else if prefixed {
        if t.contains(['p', 'P', '.']) {
            float_literal(t)
        } else {
            int_literal(t)
        }
    } else if t.contains(['.', 'e', 'E']) {
        float_literal(t)
    } else {
        // For backward compatibility `0123i` is decimal.
        BigInt::from_str_radix(t, 10).map_or(Value::Unknown, make_big_int)
    };
    make_complex(Value::Int(Int::Small(0)), im)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, kind: LitKind) -> String {
        make_from_literal(text, kind).to_string()
    }

    #[test]
    fn literals_have_gos_values() {
        assert_eq!(show("0x_FF", LitKind::Int), "255");
        assert_eq!(show("0b101", LitKind::Int), "5");
        assert_eq!(show("0755", LitKind::Int), "493");
        assert_eq!(
            show("18446744073709551616", LitKind::Int),
            "18446744073709551616"
        );
        assert_eq!(show("'\\u00e9'", LitKind::Char), "233");
        assert_eq!(show("1.5e3", LitKind::Float), "1500");
        assert_eq!(show("0x1p-2", LitKind::Float), "0.25");
        assert_eq!(show("1e1000000", LitKind::Float), "1e+1000000");
        assert_eq!(show("1e99999999999", LitKind::Float), "unknown");
        assert_eq!(show("2i", LitKind::Imag), "(0 + 2i)");
    }

    #[test]
    fn float_rounding_is_exact() {
        for text in [
            "0.1",
            "1e23",
            "4.9e-324",
            "2.2250738585072011e-308",
            "1.7976931348623157e308",
            "9007199254740993.0",
        ] {
            let v = make_from_literal(text, LitKind::Float);
            assert_eq!(
                v.to_f64().to_bits(),
                text.parse::<f64>().unwrap().to_bits(),
                "{text}"
            );
        }
        for text in [
            "0.1",
            "16777217.0",
            "1e-45",
            "3.4028235e38",
            "3.4028236e38",
            "1.17549435e-38",
        ] {
            let v = make_from_literal(text, LitKind::Float);
            assert_eq!(
                v.to_f32().to_bits(),
                text.parse::<f32>().unwrap().to_bits(),
                "{text}"
            );
        }
        let huge = make_from_literal("1e400", LitKind::Float);
        assert!(huge.to_f64().is_infinite());
    }
}
