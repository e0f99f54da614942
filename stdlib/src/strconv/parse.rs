//! Parsing numbers as Go does. The codes are those of strconv.gol.

/// What was wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Code {
    /// Nothing.
    Ok,
    /// The text is not a number.
    Syntax,
    /// The number does not fit.
    Range,
    /// No such base.
    Base,
    /// No such size.
    BitSize,
}

use Code::{Base, BitSize, Ok, Range, Syntax};

/// `ParseUint`: the number, the code, and the base or size that is wrong.
pub fn uint(s: &[u8], base: i64, bits: i64) -> (u64, Code, i64) {
    if s.is_empty() {
        return (0, Syntax, 0);
    }
    let (digits, radix) = match base {
        2..=36 => (s, base as u64),
        0 => match s {
            [b'0', b'b' | b'B', _, ..] => (&s[2..], 2),
            [b'0', b'o' | b'O', _, ..] => (&s[2..], 8),
            [b'0', b'x' | b'X', _, ..] => (&s[2..], 16),
            [b'0', ..] => (&s[1..], 8),
            _ => (s, 10),
        },
        _ => return (0, Base, base),
    };
    let bits = if bits == 0 { 64 } else { bits };
    if !(0..=64).contains(&bits) {
        return (0, BitSize, bits);
    }
    let most = if bits == 64 {
        u64::MAX
    } else {
        (1 << bits) - 1
    };
    let mut n = 0u64;
    let mut underscores = false;
    let mut over = false;
    for &c in digits {
        let d = match c {
            b'_' if base == 0 => {
                underscores = true;
                continue;
            }
            b'0'..=b'9' => c - b'0',
            b'a'..=b'z' => c - b'a' + 10,
            b'A'..=b'Z' => c - b'A' + 10,
            _ => return (0, Syntax, 0),
        };
        if u64::from(d) >= radix {
            return (0, Syntax, 0);
        }
        match n
            .checked_mul(radix)
            .and_then(|n| n.checked_add(u64::from(d)))
        {
            Some(next) if next <= most => n = next,
            _ => over = true,
        }
        if over {
            return (most, Range, 0);
        }
    }
    if underscores && !underscores_ok(s) {
        return (0, Syntax, 0);
    }
    (n, Ok, 0)
}

/// `ParseInt`, likewise.
pub fn int(s: &[u8], base: i64, bits: i64) -> (i64, Code, i64) {
    let (negative, digits) = match s {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, s),
    };
    // The size counts for the signed number, not for its digits.
    let (u, code, arg) = uint(
        digits,
        base,
        if (0..=64).contains(&bits) { 0 } else { bits },
    );
    if !matches!(code, Ok | Range) {
        return (0, code, arg);
    }
    let bits = if bits == 0 { 64 } else { bits };
    let cutoff = 1u64 << (bits - 1);
    if !negative && u >= cutoff {
        return ((cutoff - 1) as i64, Range, 0);
    }
    if negative && u > cutoff {
        return ((cutoff as i64).wrapping_neg(), Range, 0);
    }
    (
        if negative {
            (u as i64).wrapping_neg()
        } else {
            u as i64
        },
        Ok,
        0,
    )
}

/// Whether underscores stand only between digits, or between a base prefix and a digit.
fn underscores_ok(s: &[u8]) -> bool {
    let s = match s {
        [b'-' | b'+', rest @ ..] => rest,
        _ => s,
    };
    // What came before: ^ the start, 0 a digit, _ an underscore, ! anything else.
    let (mut before, s, hex) = match s {
        [b'0', c, rest @ ..] if b"bBoOxX".contains(c) => (b'0', rest, b"xX".contains(c)),
        _ => (b'^', s, false),
    };
    for &c in s {
        if c.is_ascii_digit() || hex && c.is_ascii_hexdigit() {
            before = b'0';
        } else if c == b'_' {
            if before != b'0' {
                return false;
            }
            before = b'_';
        } else {
            if before == b'_' {
                return false;
            }
            before = b'!';
        }
    }
    before != b'_'
}

/// `ParseFloat` into 32 or 64 bits.
pub fn float(s: &[u8], single: bool) -> (f64, Code) {
    match float_prefix(s, single) {
        Some((f, code, n)) if n == s.len() => (f, code),
        _ => (0.0, Syntax),
    }
}

/// The number at the start of `s`, and its length.
fn float_prefix(s: &[u8], single: bool) -> Option<(f64, Code, usize)> {
    if let Some((f, n)) = special(s) {
        return Some((f, Ok, n));
    }
    let sign = usize::from(matches!(s.first(), Some(b'+' | b'-')));
    let hex = matches!(s[sign..], [b'0', b'x' | b'X', ..]);
    let n = float_len(s, sign, hex)?;
    let text = &s[..n];
    if text.contains(&b'_') && !underscores_ok(text) {
        return None;
    }
    let clean: String = text
        .iter()
        .filter(|&&c| c != b'_')
        .map(|&c| char::from(c))
        .collect();
    let f = match (hex, single) {
        (true, _) => hex_float(&clean, single),
        (false, true) => f64::from(clean.parse::<f32>().ok()?),
        (false, false) => clean.parse::<f64>().ok()?,
    };
    Some((f, if f.is_infinite() { Range } else { Ok }, n))
}

fn special(s: &[u8]) -> Option<(f64, usize)> {
    let starts = |at: usize, word: &str| {
        s.len() >= at + word.len() && s[at..at + word.len()].eq_ignore_ascii_case(word.as_bytes())
    };
    let sign = usize::from(matches!(s.first(), Some(b'+' | b'-')));
    for word in ["infinity", "inf"] {
        if starts(sign, word) {
            let f = if s[0] == b'-' {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            };
            return Some((f, sign + word.len()));
        }
    }
    starts(0, "nan").then_some((f64::NAN, 3))
}

/// How long the number at the start of `s` is, whose digits begin at `at`.
fn float_len(s: &[u8], at: usize, hex: bool) -> Option<usize> {
    let mut i = if hex { at + 2 } else { at };
    let (mut digits, mut point) = (0, false);
    while let Some(&c) = s.get(i) {
        match c {
            b'_' => {}
            b'.' if !point => point = true,
            _ if c.is_ascii_digit() || hex && c.is_ascii_hexdigit() => digits += 1,
            _ => break,
        }
        i += 1;
    }
    if digits == 0 {
        return None;
    }
    let mark = if hex { b'p' } else { b'e' };
    if s.get(i).map(u8::to_ascii_lowercase) == Some(mark) {
        let mut j = i + 1;
        j += usize::from(matches!(s.get(j), Some(b'+' | b'-')));
        s.get(j).filter(|c| c.is_ascii_digit())?;
        while s.get(j).is_some_and(|c| c.is_ascii_digit() || *c == b'_') {
            j += 1;
        }
        return Some(j);
    }
    // A hexadecimal number must have an exponent.
    (!hex).then_some(i)
}

/// A hexadecimal number, checked and without underscores, correctly rounded.
fn hex_float(s: &str, single: bool) -> f64 {
    let negative = s.starts_with('-');
    let body = s.trim_start_matches(['+', '-']);
    let (mantissa, exp) = body[2..]
        .split_once(['p', 'P'])
        .unwrap_or((&body[2..], "0"));
    let mut exp = exp.parse::<i64>().unwrap_or(if exp.starts_with('-') {
        i64::MIN / 4
    } else {
        i64::MAX / 4
    });
    exp = exp.clamp(-1 << 40, 1 << 40);
    let (mut mant, mut sticky, mut after_point) = (0u64, false, false);
    for c in mantissa.chars() {
        let Some(d) = c.to_digit(16) else {
            after_point = true;
            continue;
        };
        if mant >> 60 == 0 {
            mant = mant << 4 | u64::from(d);
            exp -= if after_point { 4 } else { 0 };
        } else {
            sticky |= d != 0;
            exp += if after_point { 0 } else { 4 };
        }
    }
    let f = round_to(mant, sticky, exp, single);
    if negative { -f } else { f }
}

/// mant × 2 to the power of exp, with something more behind it if `sticky`, rounded to even.
fn round_to(mant: u64, sticky: bool, exp: i64, single: bool) -> f64 {
    if mant == 0 {
        return 0.0;
    }
    let (mant_bits, least_exp, most_exp) = if single {
        (24, -149, 127)
    } else {
        (53, -1074, 1023)
    };
    let top = 63 - i64::from(mant.leading_zeros());
    // The exponent of the last bit kept.
    let last = (exp + top - (mant_bits - 1)).max(least_exp);
    let drop = last - exp;
    let (mut m, mut rest, mut half) = (u128::from(mant) << 1 | u128::from(sticky), 0, 0);
    let drop = drop + 1;
    if drop >= 128 {
        return 0.0;
    }
    if drop > 0 {
        rest = m & ((1 << drop) - 1);
        half = 1u128 << (drop - 1);
        m >>= drop;
    } else {
        m <<= -drop;
    }
    if rest > half || rest == half && half != 0 && m & 1 == 1 {
        m += 1;
    }
    let bits = 127 - i64::from(m.leading_zeros());
    if m != 0 && last + bits > most_exp {
        return f64::INFINITY;
    }
    // Exact: m has at most 53 bits, and the result is in range.
    let half_exp = last / 2;
    m as f64 * pow2(half_exp) * pow2(last - half_exp)
}

fn pow2(exp: i64) -> f64 {
    f64::from_bits(((exp + 1023) as u64) << 52)
}

/// `ParseComplex`.
pub fn complex(s: &[u8], single: bool) -> (f64, f64, Code) {
    let s = match s {
        [b'(', inner @ .., b')'] => inner,
        _ => s,
    };
    let Some((re, code, n)) = float_prefix(s, single) else {
        return (0.0, 0.0, Syntax);
    };
    let rest = &s[n..];
    match rest {
        [] => return (re, 0.0, code),
        b"i" => return (0.0, re, code),
        [b'+' | b'-', ..] => {}
        _ => return (0.0, 0.0, Syntax),
    }
    match float_prefix(rest, single) {
        Some((im, code2, m)) if &rest[m..] == b"i" => {
            (re, im, if code == Ok { code2 } else { code })
        }
        _ => (0.0, 0.0, Syntax),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        assert_eq!(int(b"-128", 10, 8), (-128, Ok, 0));
        assert_eq!(int(b"128", 10, 8), (127, Range, 0));
        assert_eq!(int(b"-9223372036854775808", 10, 64), (i64::MIN, Ok, 0));
        assert_eq!(int(b"9223372036854775808", 10, 64), (i64::MAX, Range, 0));
        assert_eq!(int(b"0x_1F", 0, 0), (31, Ok, 0));
        assert_eq!(int(b"1__0", 0, 0).1, Syntax);
        assert_eq!(int(b"1_0", 10, 0).1, Syntax);
        assert_eq!(int(b"0755", 0, 0), (493, Ok, 0));
        assert_eq!(int(b"z", 36, 0), (35, Ok, 0));
        assert_eq!(int(b"1", 37, 0), (0, Base, 37));
        assert_eq!(int(b"1", 10, 65), (0, BitSize, 65));
        assert_eq!(int(b"+", 10, 0).1, Syntax);
        assert_eq!(uint(b"256", 10, 8), (255, Range, 0));
        assert_eq!(uint(b"-1", 10, 8).1, Syntax);
    }

    #[test]
    fn floats() {
        assert_eq!(float(b"1e23", false), (1e23, Ok));
        assert_eq!(float(b"0x1p-2", false), (0.25, Ok));
        assert_eq!(float(b"0x1.fffffffffffff8p0", false), (2.0, Ok));
        assert_eq!(float(b"0x1p-1074", false), (5e-324, Ok));
        assert_eq!(float(b"0x1p-1075", false), (0.0, Ok));
        assert_eq!(float(b"0x1.8p-1075", false), (5e-324, Ok));
        assert_eq!(float(b"0x1p1024", false), (f64::INFINITY, Range));
        assert_eq!(float(b"1e400", false), (f64::INFINITY, Range));
        assert_eq!(float(b"-Infinity", false), (f64::NEG_INFINITY, Ok));
        assert!(float(b"NaN", false).0.is_nan());
        for bad in [
            "", "+", ".", "1e", "1x", "0x1", "1__0", "+nan", "infi", "e5", "1e+",
        ] {
            assert_eq!(float(bad.as_bytes(), false), (0.0, Syntax), "{bad}");
        }
        assert_eq!(float(b".5", false), (0.5, Ok));
        assert_eq!(float(b"5.", false), (5.0, Ok));
        assert_eq!(float(b"0x_1p0", false), (1.0, Ok));
        assert_eq!(complex(b"(1+2i)", false), (1.0, 2.0, Ok));
        assert_eq!(complex(b"-3i", false), (0.0, -3.0, Ok));
    }
}
