//! How messages show constant values.

use super::{Float, Int, Value};
use std::fmt;

/// Strings longer than this are cut in messages.
const MAX_LEN: usize = 72;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Unknown => f.write_str("unknown"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::String(s) => f.write_str(&short_quoted(s)),
            Value::Int(Int::Small(i)) => write!(f, "{i}"),
            Value::Int(Int::Big(i)) => write!(f, "{i}"),
            Value::Float(Float::Ratio(_)) => f.write_str(&real_string(self)),
            Value::Float(Float::Big(b)) => {
                let x = self.to_f64();
                if x.is_finite() && x != 0.0 {
                    return f.write_str(&real_string(self));
                }
                f.write_str(&beyond_f64(b))
            }
            Value::Complex(c) => write!(f, "({} + {}i)", c.0, c.1),
        }
    }
}

fn real_string(v: &Value) -> String {
    let x = v.to_f64();
    if (x.is_infinite() || (x == 0.0) != (v.sign() == 0))
        && let Value::Float(Float::Ratio(r)) = v
    {
        return beyond_f64(&super::BigFloat::from_ratio(r));
    }
    let s = general(x, 6);
    let integral = v.to_int() != Value::Unknown;
    if !integral && !s.contains('.') && !s.contains('e') {
        return shortest(x);
    }
    s
}

/// A number outside float64's range.
fn beyond_f64(b: &super::BigFloat) -> String {
    let (m, e) = b.approximate();
    let sign = if e < 0 { '-' } else { '+' };
    format!("{}e{sign}{}", general(m, 6), e.unsigned_abs())
}

/// The shortest decimal that reads back as the same float, without exponent unless it is needed.
fn shortest(x: f64) -> String {
    let e = if x == 0.0 {
        0
    } else {
        x.abs().log10().floor() as i32
    };
    if (-4..21).contains(&e) {
        return format!("{x}");
    }
    exponent_form(&format!("{x:e}"))
}

/// C's and Go's `%.{prec}g`.
fn general(x: f64, prec: usize) -> String {
    if x == 0.0 {
        return "0".to_string();
    }
    let sci = format!("{:.*e}", prec - 1, x);
    let (mant, exp) = sci.split_once('e').unwrap_or((&sci, "0"));
    let exp: i32 = exp.parse().unwrap_or(0);
    let (sign, mant) = mant.strip_prefix('-').map_or(("", mant), |m| ("-", m));
    let digits: String = mant.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let nd = digits.len() as i32;
    let eprec = if prec as i32 > nd && nd > exp {
        nd
    } else {
        prec as i32
    };
    if exp < -4 || exp >= eprec {
        let point = if nd > 1 { "." } else { "" };
        return exponent_form(&format!(
            "{sign}{}{point}{}e{exp}",
            &digits[..1],
            &digits[1..]
        ));
    }
    if exp < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat((-exp - 1) as usize));
    }
    let whole = exp as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{sign}{}.{}", &digits[..whole], &digits[whole..])
}

/// `1.5e7` with Go's sign and two digits of exponent.
fn exponent_form(s: &str) -> String {
    let Some((m, e)) = s.split_once('e') else {
        return s.to_string();
    };
    let (sign, digits) = e.strip_prefix('-').map_or(('+', e), |d| ('-', d));
    format!("{m}e{sign}{digits:0>2}")
}

fn short_quoted(s: &[u8]) -> String {
    let quoted = quote(s);
    if quoted.chars().count() <= MAX_LEN {
        return quoted;
    }
    let cut: String = quoted.chars().take(MAX_LEN - 3).collect();
    format!("{cut}...")
}

/// Go's `strconv.Quote`.
pub(crate) fn quote(s: &[u8]) -> String {
    let mut out = String::from("\"");
    for chunk in s.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                '\u{7}' => out.push_str("\\a"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{b}' => out.push_str("\\v"),
                c if (c as u32) < 0x20 || c as u32 == 0x7f => {
                    out.push_str(&format!("\\x{:02x}", c as u32))
                }
                '\u{80}'..='\u{a0}' | '\u{ad}' => out.push_str(&format!("\\u{:04x}", c as u32)),
                '\u{feff}' => out.push_str("\\ufeff"),
                c => out.push(c),
            }
        }
        for b in chunk.invalid() {
            out.push_str(&format!("\\x{b:02x}"));
        }
    }
    out.push('"');
    out
}
