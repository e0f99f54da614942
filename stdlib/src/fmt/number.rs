//! Integers and floating-point numbers.

use super::printer::Printer;
use crate::strconv::float;
use crate::strconv::quote;
use vm::Flow;
use vm::value::Value;

const LOWER: &[u8; 17] = b"0123456789abcdefx";
const UPPER: &[u8; 17] = b"0123456789ABCDEFX";

impl Printer<'_, '_> {
    /// An integer by a verb; `u` holds the bits of a signed one.
    pub fn fmt_integer(
        &mut self,
        u: u64,
        signed: bool,
        verb: char,
        value: &Value<'_>,
    ) -> Result<(), Flow> {
        match verb {
            'v' if self.flags.sharp_v && !signed => self.fmt_0x(u, true),
            'v' | 'd' => self.integer(u, 10, signed, verb, LOWER),
            'b' => self.integer(u, 2, signed, verb, LOWER),
            'o' | 'O' => self.integer(u, 8, signed, verb, LOWER),
            'x' => self.integer(u, 16, signed, verb, LOWER),
            'X' => self.integer(u, 16, signed, verb, UPPER),
            'c' => {
                let mut text = Vec::new();
                crate::unicode::utf8::push(&mut text, u32::try_from(u).unwrap_or(u32::MAX));
                self.pad(&text);
            }
            'q' => {
                let c = char::from_u32(u32::try_from(u).unwrap_or(u32::MAX))
                    .unwrap_or(char::REPLACEMENT_CHARACTER);
                let mut text = Vec::new();
                quote::quote(
                    &mut text,
                    c.encode_utf8(&mut [0; 4]).as_bytes(),
                    b'\'',
                    self.flags.plus,
                    false,
                );
                self.pad(&text);
            }
            'U' => self.unicode(u),
            _ => return self.bad_verb(verb, Some(value)),
        }
        Ok(())
    }

    /// A number in base 16, with or without 0x.
    pub fn fmt_0x(&mut self, u: u64, prefix: bool) {
        let sharp = std::mem::replace(&mut self.flags.sharp, prefix);
        self.integer(u, 16, false, 'v', LOWER);
        self.flags.sharp = sharp;
    }

    /// An integer in a base.
    pub fn integer(&mut self, u: u64, base: u64, signed: bool, verb: char, digits: &[u8; 17]) {
        let negative = signed && (u as i64) < 0;
        let mut u = if negative { u.wrapping_neg() } else { u };
        let f = self.flags;
        if f.wid.is_none() && f.prec.is_none() && base == 10 && !f.plus && !f.space {
            let mut buf = [0; 20];
            self.out.extend_from_slice(decimal(u, negative, &mut buf));
            return;
        }
        let mut least = 0;
        if let Some(prec) = f.prec {
            least = prec;
            if prec == 0 && u == 0 {
                self.flags.zero = false;
                self.padding(f.wid.unwrap_or(0));
                self.flags.zero = f.zero;
                return;
            }
        } else if let Some(wid) = f.wid.filter(|_| f.zero && !f.minus) {
            least = wid.saturating_sub(usize::from(negative || f.plus || f.space));
        }
        let mut text = Vec::with_capacity(least.max(64) + 3);
        loop {
            text.push(digits[(u % base) as usize]);
            u /= base;
            if u == 0 {
                break;
            }
        }
        text.resize(text.len().max(least), b'0');
        if f.sharp {
            match base {
                2 => text.extend_from_slice(b"b0"),
                8 if text.last() != Some(&b'0') => text.push(b'0'),
                16 => text.extend_from_slice(&[digits[16], b'0']),
                _ => {}
            }
        }
        if verb == 'O' {
            text.extend_from_slice(b"o0");
        }
        if negative {
            text.push(b'-');
        } else if f.plus {
            text.push(b'+');
        } else if f.space {
            text.push(b' ');
        }
        text.reverse();
        self.flags.zero = false;
        self.pad(&text);
        self.flags.zero = f.zero;
    }

    /// `U+0078`, with `#` also `'x'`.
    fn unicode(&mut self, u: u64) {
        let f = self.flags;
        let mut text = format!("U+{u:0width$X}", width = f.prec.unwrap_or(4).max(4)).into_bytes();
        if let Some(c) = u32::try_from(u)
            .ok()
            .and_then(char::from_u32)
            .filter(|&c| f.sharp && quote::is_print(c))
        {
            text.extend_from_slice(b" '");
            text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            text.push(b'\'');
        }
        self.flags.zero = false;
        self.pad(&text);
        self.flags.zero = f.zero;
    }

    /// A floating-point number of 32 or 64 bits by a verb.
    pub fn fmt_float(
        &mut self,
        v: f64,
        bits: u32,
        verb: char,
        value: &Value<'_>,
    ) -> Result<(), Flow> {
        match verb {
            'v' => self.float(v, bits, b'g', -1),
            'b' | 'g' | 'G' | 'x' | 'X' => self.float(v, bits, verb as u8, -1),
            'f' | 'e' | 'E' => self.float(v, bits, verb as u8, 6),
            'F' => self.float(v, bits, b'f', 6),
            _ => return self.bad_verb(verb, Some(value)),
        }
        Ok(())
    }

    /// A complex number by a verb; `bits` are those of its parts.
    pub fn fmt_complex(
        &mut self,
        re: f64,
        im: f64,
        bits: u32,
        verb: char,
        value: &Value<'_>,
    ) -> Result<(), Flow> {
        if !"vbgGxXfFeE".contains(verb) {
            return self.bad_verb(verb, Some(value));
        }
        let plus = self.flags.plus;
        self.out.push(b'(');
        self.fmt_float(re, bits, verb, value)?;
        self.flags.plus = true;
        self.fmt_float(im, bits, verb, value)?;
        self.flags.plus = plus;
        self.out.extend_from_slice(b"i)");
        Ok(())
    }

    fn float(&mut self, v: f64, bits: u32, form: u8, prec: i64) {
        let f = self.flags;
        let prec = f.prec.map_or(prec, |p| p as i64);
        let mut num = vec![b'+'];
        float::append(&mut num, v, form, prec, bits);
        if matches!(num[1], b'-' | b'+') {
            num.remove(0);
        }
        if f.space && num[0] == b'+' && !f.plus {
            num[0] = b' ';
        }
        if matches!(num[1], b'I' | b'N') {
            self.flags.zero = false;
            let skip = usize::from(num[1] == b'N' && !f.space && !f.plus);
            self.pad(&num[skip..]);
            self.flags.zero = f.zero;
            return;
        }
        if f.sharp && form != b'b' {
            keep_zeros(&mut num, form, prec);
        }
        if f.plus || num[0] != b'+' {
            if let Some(wid) = f.wid.filter(|&w| f.zero && !f.minus && w > num.len()) {
                self.out.push(num[0]);
                self.padding(wid - num.len());
                self.out.extend_from_slice(&num[1..]);
                return;
            }
            self.pad(&num);
        } else {
            self.pad(&num[1..]);
        }
    }
}

/// For the flag `#`: a decimal point always, and for %g and %x the zeros at the end.
fn keep_zeros(num: &mut Vec<u8>, form: u8, prec: i64) {
    let mut digits = match form {
        b'g' | b'G' | b'x' if prec < 0 => 6,
        b'g' | b'G' | b'x' => prec,
        _ => 0,
    };
    let hex = matches!(form, b'x' | b'X');
    let exp = num.iter().position(|c| {
        if hex {
            b"pP".contains(c)
        } else {
            b"eE".contains(c)
        }
    });
    let tail = exp.map_or_else(Vec::new, |at| num.split_off(at));
    let significant = num[1..]
        .iter()
        .filter(|&&c| c != b'.')
        .skip_while(|&&c| c == b'0')
        .count();
    digits -= significant as i64;
    if !num.contains(&b'.') {
        // The number 0 has one digit.
        if num.len() == 2 && num[1] == b'0' {
            digits -= 1;
        }
        num.push(b'.');
    }
    num.resize(num.len() + digits.max(0) as usize, b'0');
    num.extend_from_slice(&tail);
}

/// The decimal digits of a number and its sign.
fn decimal(mut u: u64, negative: bool, buf: &mut [u8; 20]) -> &[u8] {
    let mut at = buf.len();
    loop {
        at -= 1;
        buf[at] = b'0' + (u % 10) as u8;
        u /= 10;
        if u == 0 {
            break;
        }
    }
    if negative {
        at -= 1;
        buf[at] = b'-';
    }
    &buf[at..]
}
