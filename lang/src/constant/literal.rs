//! Values of literals.

use super::{BigFloat, Int, Value, make_big_int, make_complex, make_float, make_ratio};
use crate::ast::LitKind;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Num, Zero};

/// The value of a literal as it stands in the source; unknown if it is malformed or too large.
pub fn make_from_literal(text: &str, kind: LitKind) -> Value {
    match kind {
        LitKind::Int => int_literal(&text.replace('_', "")),
        LitKind::Float => float_literal(&text.replace('_', "")),
        LitKind::Imag => imag_literal(&text.replace('_', "")),
        LitKind::Char => match text
            .get(1..text.len().saturating_sub(1))
            .map(|s| unquote_char(s.as_bytes()))
        {
            Some(Some((code, _))) => Value::Int(Int::Small(i64::from(code.value()))),
            _ => Value::Unknown,
        },
        LitKind::String => unquote(text).map_or(Value::Unknown, |s| Value::String(s.into())),
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

/// A character or a byte of a string literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CharCode {
    /// A Unicode code point.
    Rune(char),
    /// A byte from `\x` or an octal escape.
    Byte(u8),
}

impl CharCode {
    /// The number it stands for in a rune literal.
    pub fn value(self) -> u32 {
        match self {
            CharCode::Rune(c) => c as u32,
            CharCode::Byte(b) => u32::from(b),
        }
    }
}

/// The first character of literal text (without quotes), and how many bytes it takes; none if it is malformed.
pub fn unquote_char(s: &[u8]) -> Option<(CharCode, usize)> {
    let first = *s.first()?;
    if first != b'\\' {
        let len = match first {
            0..=0x7f => 1,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            _ => 4,
        };
        let c = std::str::from_utf8(s.get(..len)?).ok()?.chars().next()?;
        return Some((CharCode::Rune(c), len));
    }
    let simple = |b: u8| Some((CharCode::Rune(b as char), 2));
    match *s.get(1)? {
        b'a' => simple(7),
        b'b' => simple(8),
        b'f' => simple(12),
        b'n' => simple(10),
        b'r' => simple(13),
        b't' => simple(9),
        b'v' => simple(11),
        c @ (b'\\' | b'\'' | b'"') => simple(c),
        b'x' => numeric(s, 2, 2, 16).map(|(n, len)| (CharCode::Byte(n as u8), len)),
        b'u' => numeric(s, 2, 4, 16).and_then(|(n, len)| Some((CharCode::Rune(char::from_u32(n)?), len))),
        b'U' => numeric(s, 2, 8, 16).and_then(|(n, len)| Some((CharCode::Rune(char::from_u32(n)?), len))),
        b'0'..=b'7' => numeric(s, 1, 3, 8).and_then(|(n, len)| Some((CharCode::Byte(u8::try_from(n).ok()?), len))),
        _ => None,
    }
}

fn numeric(s: &[u8], from: usize, count: usize, radix: u32) -> Option<(u32, usize)> {
    let digits = std::str::from_utf8(s.get(from..from + count)?).ok()?;
    Some((u32::from_str_radix(digits, radix).ok()?, from + count))
}

/// The bytes a string literal (interpreted or raw) denotes; none if it is malformed.
pub fn unquote(lit: &str) -> Option<Vec<u8>> {
    let body = lit.get(1..lit.len().checked_sub(1)?)?;
    if lit.starts_with('`') {
        return Some(body.bytes().filter(|&b| b != b'\r').collect());
    }
    if !body.contains('\\') {
        return Some(body.as_bytes().to_vec());
    }
    let mut s = body.as_bytes();
    let mut out = Vec::with_capacity(s.len());
    while !s.is_empty() {
        let (code, len) = unquote_char(s)?;
        match code {
            CharCode::Rune(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            CharCode::Byte(b) => out.push(b),
        }
        s = &s[len..];
    }
    Some(out)
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
        assert_eq!(show("18446744073709551616", LitKind::Int), "18446744073709551616");
        assert_eq!(show("'\\u00e9'", LitKind::Char), "233");
        assert_eq!(show("1.5e3", LitKind::Float), "1500");
        assert_eq!(show("0x1p-2", LitKind::Float), "0.25");
        assert_eq!(show("1e1000000", LitKind::Float), "1e+1000000");
        assert_eq!(show("1e99999999999", LitKind::Float), "unknown");
        assert_eq!(show("2i", LitKind::Imag), "(0 + 2i)");
        assert_eq!(unquote(r#""a\x41\101\n""#), Some(b"aAA\n".to_vec()));
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
            assert_eq!(v.to_f64().to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
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
            assert_eq!(v.to_f32().to_bits(), text.parse::<f32>().unwrap().to_bits(), "{text}");
        }
        let huge = make_from_literal("1e400", LitKind::Float);
        assert!(huge.to_f64().is_infinite());
    }
}
