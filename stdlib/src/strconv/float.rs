//! Formatting floating-point numbers as Go does.

use std::io::Write;

/// The decimal digits of a positive number: 0.d₀d₁d₂… × 10 to the power of `point`; no zeros at the end, none at all for 0.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// Splits what Rust's `{:e}` writes.
    fn parse(text: &str) -> Decimal {
        let (mantissa, exp) = text.split_once('e').unwrap_or((text, "0"));
        let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let point = if digits.is_empty() {
            0
        } else {
            exp.parse::<i64>().unwrap_or(0) + 1
        };
        Decimal { digits, point }
    }

    /// The fewest digits that tell `v` from its neighbours; of several such numbers the nearest, and of two as near the one whose
    /// last digit is even.
    fn shortest(v: f64, bits: u32) -> Decimal {
        let mut d = Decimal::parse(&if bits == 32 {
            format!("{:e}", v as f32)
        } else {
            format!("{v:e}")
        });
        let odd = d.digits.last().is_some_and(|c| c & 1 == 1);
        if odd && d.is_half_above(v) {
            // Rust rounds up where Go rounds to even.
            *d.digits.last_mut().expect("it has a last digit") -= 1;
        }
        d
    }

    /// Whether `v` lies in the middle between this number and the next lower one with as many digits.
    fn is_half_above(&self, v: f64) -> bool {
        let (_, mant, exp) = parts(v, 64);
        let fraction_bits = (-(exp + i64::from(mant.trailing_zeros()))).max(0);
        let n = self.digits.len() as i64;
        // A number with that many binary digits behind the point has as many decimal ones.
        if fraction_bits > 0 && fraction_bits != n + 1 - self.point
            || fraction_bits == 0 && n >= self.point
        {
            return false;
        }
        let exact = Decimal::parse(&format!("{v:.MOST_DIGITS$e}"));
        exact.digits.len() as i64 == n + 1
            && exact.digits.ends_with(b"5")
            && exact.digits[..n as usize] < self.digits[..]
    }

    /// `n` digits, correctly rounded.
    fn rounded(v: f64, n: usize) -> Decimal {
        Decimal::parse(&format!("{:.*e}", n.clamp(1, MOST_DIGITS) - 1, v))
    }

    fn digit(&self, i: i64) -> u8 {
        usize::try_from(i)
            .ok()
            .and_then(|i| self.digits.get(i))
            .copied()
            .unwrap_or(b'0')
    }
}

/// No float64 has more digits; behind them are zeros only.
const MOST_DIGITS: usize = 800;

/// Appends `v` in a form (`b e E f g G x X`) with a precision, -1 for the shortest.
pub fn append(out: &mut Vec<u8>, v: f64, form: u8, prec: i64, bits: u32) {
    let v = if bits == 32 { f64::from(v as f32) } else { v };
    if v.is_nan() {
        out.extend_from_slice(b"NaN");
        return;
    }
    if v.is_infinite() {
        out.extend_from_slice(if v > 0.0 { b"+Inf" } else { b"-Inf" });
        return;
    }
    match form {
        b'b' => return append_binary(out, v, bits),
        b'x' | b'X' => return append_hex(out, v, form, prec, bits),
        b'e' | b'E' | b'f' | b'g' | b'G' => {}
        _ => return out.extend_from_slice(&[b'%', form]),
    }
    if v.is_sign_negative() {
        out.push(b'-');
    }
    let v = v.abs();
    if prec < 0 {
        let d = Decimal::shortest(v, bits);
        let n = d.digits.len() as i64;
        match form {
            b'f' => append_fixed(out, &d, (n - d.point).max(0)),
            b'g' | b'G' => append_general(out, &d, 6, i64::MAX, form),
            _ => append_exp(out, &d, (n - 1).max(0), form),
        }
        return;
    }
    let n = prec as usize;
    match form {
        b'f' => {
            let _ = write!(out, "{:.*}", n.min(MOST_DIGITS * 2), v);
            out.resize(out.len() + n.saturating_sub(MOST_DIGITS * 2), b'0');
        }
        b'g' | b'G' => {
            let prec = prec.max(1);
            let d = Decimal::rounded(v, prec as usize);
            let count = d.digits.len() as i64;
            let exp_prec = if prec > count && count >= d.point {
                count
            } else {
                prec
            };
            append_general(out, &d, exp_prec, prec, form);
        }
        _ => append_exp(out, &Decimal::rounded(v, n + 1), prec, form),
    }
}

/// `%g`: with an exponent if it is less than -4 or at least `limit`.
fn append_general(out: &mut Vec<u8>, d: &Decimal, limit: i64, prec: i64, form: u8) {
    let count = d.digits.len() as i64;
    let exp = d.point - 1;
    if exp < -4 || exp >= limit {
        append_exp(out, d, prec.min(count.max(1)) - 1, form - 2);
    } else {
        append_fixed(out, d, (count - d.point).max(0));
    }
}

fn append_fixed(out: &mut Vec<u8>, d: &Decimal, prec: i64) {
    if d.point <= 0 {
        out.push(b'0');
    }
    out.extend((0..d.point).map(|i| d.digit(i)));
    if prec > 0 {
        out.push(b'.');
        out.extend((d.point..d.point + prec).map(|i| d.digit(i)));
    }
}

fn append_exp(out: &mut Vec<u8>, d: &Decimal, prec: i64, form: u8) {
    out.push(d.digit(0));
    if prec > 0 {
        out.push(b'.');
        out.extend((1..=prec).map(|i| d.digit(i)));
    }
    out.push(form);
    append_exponent(out, if d.digits.is_empty() { 0 } else { d.point - 1 });
}

/// A sign and at least two digits.
fn append_exponent(out: &mut Vec<u8>, exp: i64) {
    let _ = write!(out, "{}{:02}", if exp < 0 { '-' } else { '+' }, exp.abs());
}

/// Sign, mantissa and binary exponent: `v` is ± mantissa × 2 to the power of the exponent.
fn parts(v: f64, bits: u32) -> (bool, u64, i64) {
    let (raw, mant_bits, exp_bits, bias) = if bits == 32 {
        (u64::from((v as f32).to_bits()), 23, 8, 127)
    } else {
        (v.to_bits(), 52, 11, 1023)
    };
    let exp = (raw >> mant_bits & ((1 << exp_bits) - 1)) as i64;
    let mant = raw & ((1 << mant_bits) - 1);
    let (mant, exp) = if exp == 0 {
        (mant, 1)
    } else {
        (mant | 1 << mant_bits, exp)
    };
    (v.is_sign_negative(), mant, exp - bias - mant_bits)
}

fn append_binary(out: &mut Vec<u8>, v: f64, bits: u32) {
    let (negative, mant, exp) = parts(v, bits);
    let sign = if negative { "-" } else { "" };
    let _ = write!(out, "{sign}{mant}p{exp:+}");
}

fn append_hex(out: &mut Vec<u8>, v: f64, form: u8, prec: i64, bits: u32) {
    let (negative, mut mant, mut exp) = parts(v, bits);
    if mant == 0 {
        exp = 0;
    } else {
        // The leading 1 at bit 60: 15 digits follow.
        let shift = i64::from(mant.leading_zeros()) - 3;
        mant <<= shift;
        exp += 60 - shift;
        if (0..15).contains(&prec) {
            let drop = (15 - prec) * 4;
            let rest = mant & ((1 << drop) - 1);
            let half = 1u64 << (drop - 1);
            mant >>= drop;
            mant += u64::from(rest > half || rest == half && mant & 1 == 1);
            mant <<= drop;
            if mant & 1 << 61 != 0 {
                mant >>= 1;
                exp += 1;
            }
        }
    }
    if negative {
        out.push(b'-');
    }
    let digits = if form == b'x' {
        b"0123456789abcdef"
    } else {
        b"0123456789ABCDEF"
    };
    out.extend_from_slice(&[b'0', form, b'0' + (mant >> 60 & 1) as u8]);
    mant <<= 4;
    if prec != 0 && (prec > 0 || mant != 0) {
        out.push(b'.');
        let mut left = if prec < 0 { i64::MAX } else { prec };
        while left > 0 && (prec > 0 || mant != 0) {
            out.push(digits[(mant >> 60) as usize]);
            mant <<= 4;
            left -= 1;
        }
    }
    out.push(if form == b'x' { b'p' } else { b'P' });
    append_exponent(out, exp);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fmt(v: f64, form: u8, prec: i64) -> String {
        let mut out = Vec::new();
        append(&mut out, v, form, prec, 64);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn forms() {
        for (v, form, prec, want) in [
            (1.0, b'e', 5, "1.00000e+00"),
            (1.0, b'f', 5, "1.00000"),
            (1.0, b'g', 5, "1"),
            (1.0, b'g', -1, "1"),
            (20.0, b'g', -1, "20"),
            (1234567.8, b'g', -1, "1.2345678e+06"),
            (200000.0, b'g', -1, "200000"),
            (2000000.0, b'g', -1, "2e+06"),
            (1e10, b'g', -1, "1e+10"),
            (400.0, b'g', 2, "4e+02"),
            (40.0, b'g', 2, "40"),
            (4.0, b'g', 2, "4"),
            (0.4, b'g', 2, "0.4"),
            (0.0, b'e', -1, "0e+00"),
            (0.0, b'f', -1, "0"),
            (0.0, b'g', -1, "0"),
            (-1.0, b'x', -1, "-0x1p+00"),
            (0.1, b'x', -1, "0x1.999999999999ap-04"),
            (1.0, b'X', 4, "0X1.0000P+00"),
            (12345678.0, b'x', 0, "0x1p+23"),
            (1.0, b'b', -1, "4503599627370496p-52"),
            (100.0, b'g', 3, "100"),
            (123456.0, b'g', 3, "1.23e+05"),
            (0.000001, b'g', -1, "1e-06"),
            (1e23, b'g', -1, "1e+23"),
            (5e-324, b'g', 17, "4.9406564584124654e-324"),
            (2.5, b'f', 0, "2"),
            (0.125, b'f', 2, "0.12"),
            (1e15 + 0.25, b'g', -1, "1.0000000000000002e+15"),
            (1e15 + 0.75, b'g', -1, "1.0000000000000008e+15"),
            (9_007_199_254_740_993.0, b'g', -1, "9.007199254740992e+15"),
        ] {
            assert_eq!(fmt(v, form, prec), want, "{v} {} {prec}", char::from(form));
        }
    }
}
