//! Formats: finding the directives and reading their flags.

use super::printer::{Flags, Printer};
use crate::unicode::utf8;
use vm::rtype::Kind;
use vm::{Flow, GoSlice};

/// Reads a format.
struct Directives<'f> {
    format: &'f [u8],
    at: usize,
    /// The next operand.
    arg: usize,
    operands: GoSlice,
    /// Whether an argument index has been used: then nobody counts the operands.
    reordered: bool,
    /// Whether the argument indexes of this directive are right.
    good_index: bool,
}

/// Widths and precisions beyond this are not taken.
const TOO_LARGE: i64 = 1_000_000;

impl Directives<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    fn accept(&mut self, c: u8) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    /// A decimal number; one that is too large does not count and swallows the format.
    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        let mut n = 0i64;
        while let Some(c) = self.peek().filter(u8::is_ascii_digit) {
            if n > TOO_LARGE {
                self.at = self.format.len();
                return None;
            }
            n = n * 10 + i64::from(c - b'0');
            self.at += 1;
        }
        (self.at > start).then_some(n as usize)
    }

    /// An argument index `[n]`; says whether there was one.
    fn index(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let rest = &self.format[self.at..];
        let Some(len) = rest.iter().position(|&c| c == b']') else {
            self.good_index = false;
            self.at += 1;
            return false;
        };
        let digits = &rest[1..len];
        self.at += len + 1;
        let n = str::from_utf8(digits)
            .ok()
            .and_then(|s| s.parse::<usize>().ok());
        match n.filter(|&n| digits[0] != b'+' && 1 <= n && n <= self.operands.len()) {
            Some(n) => {
                self.arg = n - 1;
                true
            }
            None => {
                self.good_index = false;
                false
            }
        }
    }
}

impl Printer<'_, '_> {
    /// Prints the operands as the format says.
    pub fn printf(&mut self, format: &[u8], operands: GoSlice) -> Result<(), Flow> {
        let mut d = Directives {
            format,
            at: 0,
            arg: 0,
            operands,
            reordered: false,
            good_index: true,
        };
        while d.at < format.len() {
            let literal = memchr::memchr(b'%', &format[d.at..]).unwrap_or(format.len() - d.at);
            self.out.extend_from_slice(&format[d.at..d.at + literal]);
            d.at += literal;
            if d.at >= format.len() {
                break;
            }
            d.at += 1;
            self.flags = Flags::default();
            d.good_index = true;
            self.read_flags(&mut d);
            // Most directives end here.
            if let Some(c) = d
                .peek()
                .filter(|c| c.is_ascii_lowercase() && d.arg < operands.len())
            {
                d.at += 1;
                self.directive(&mut d, char::from(c))?;
                continue;
            }
            let mut after_index = d.index();
            self.read_width(&mut d, &mut after_index);
            self.read_precision(&mut d, &mut after_index);
            if !after_index {
                d.index();
            }
            let (c, size) = utf8::decode(&format[d.at..]);
            if size == 0 {
                self.out.extend_from_slice(b"%!(NOVERB)");
                break;
            }
            d.at += size;
            self.directive(
                &mut d,
                char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER),
            )?;
        }
        self.flags = Flags::default();
        if !d.reordered && d.arg < operands.len() {
            self.print_extra(operands, d.arg)?;
        }
        Ok(())
    }

    fn read_flags(&mut self, d: &mut Directives<'_>) {
        while let Some(c) = d.peek() {
            match c {
                b'#' => self.flags.sharp = true,
                b'0' => self.flags.zero = true,
                b'+' => self.flags.plus = true,
                b'-' => self.flags.minus = true,
                b' ' => self.flags.space = true,
                _ => return,
            }
            d.at += 1;
        }
    }

    fn read_width(&mut self, d: &mut Directives<'_>, after_index: &mut bool) {
        if d.accept(b'*') {
            match self.int_operand(d) {
                Some(n) => {
                    self.flags.wid = Some(n.unsigned_abs() as usize);
                    if n < 0 {
                        self.flags.minus = true;
                        self.flags.zero = false;
                    }
                }
                None => self.out.extend_from_slice(b"%!(BADWIDTH)"),
            }
            *after_index = false;
        } else {
            self.flags.wid = d.number();
            if *after_index && self.flags.wid.is_some() {
                d.good_index = false;
            }
        }
    }

    fn read_precision(&mut self, d: &mut Directives<'_>, after_index: &mut bool) {
        // A point at the very end is a verb.
        if d.peek() != Some(b'.') || d.at + 1 == d.format.len() {
            return;
        }
        d.at += 1;
        if *after_index {
            d.good_index = false;
        }
        *after_index = d.index();
        if d.accept(b'*') {
            match self.int_operand(d) {
                Some(n) if n >= 0 => self.flags.prec = Some(n as usize),
                _ => self.out.extend_from_slice(b"%!(BADPREC)"),
            }
            *after_index = false;
        } else {
            self.flags.prec = Some(d.number().unwrap_or(0));
        }
    }

    /// The next operand, an integer that is not too large.
    fn int_operand(&mut self, d: &mut Directives<'_>) -> Option<i64> {
        if d.arg >= d.operands.len() {
            return None;
        }
        let v = self.cx.value(d.operands.get_iface(d.arg));
        d.arg += 1;
        let v = v?;
        let n = match v.kind() {
            Kind::Int | Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => v.as_i64(),
            Kind::Uint
            | Kind::Uint8
            | Kind::Uint16
            | Kind::Uint32
            | Kind::Uint64
            | Kind::Uintptr => i64::try_from(v.as_u64()).ok()?,
            _ => return None,
        };
        (-TOO_LARGE..=TOO_LARGE).contains(&n).then_some(n)
    }

    /// Prints the operand of one directive.
    fn directive(&mut self, d: &mut Directives<'_>, verb: char) -> Result<(), Flow> {
        let text: &[u8] = match verb {
            '%' => {
                self.out.push(b'%');
                return Ok(());
            }
            _ if !d.good_index => b"(BADINDEX)",
            _ if d.arg >= d.operands.len() => b"(MISSING)",
            _ => {
                if matches!(verb, 'v' | 'w') {
                    let f = &mut self.flags;
                    (f.sharp_v, f.plus_v) = (f.sharp, f.plus);
                    (f.sharp, f.plus) = (false, false);
                }
                let v = d.operands.get_iface(d.arg);
                self.operand = d.arg;
                d.arg += 1;
                return self.print_arg(v, verb);
            }
        };
        self.out.extend_from_slice(b"%!");
        self.push_char(verb);
        self.out.extend_from_slice(text);
        Ok(())
    }

    /// What is said about operands that no directive has used.
    fn print_extra(&mut self, operands: GoSlice, from: usize) -> Result<(), Flow> {
        self.out.extend_from_slice(b"%!(EXTRA ");
        for i in from..operands.len() {
            if i > from {
                self.out.extend_from_slice(b", ");
            }
            let v = operands.get_iface(i);
            if v.is_nil() {
                self.out.extend_from_slice(b"<nil>");
            } else {
                let name = self.cx.rtype(v.ty).name.clone();
                self.out.extend_from_slice(name.as_bytes());
                self.out.push(b'=');
                self.print_arg(v, 'v')?;
            }
        }
        self.out.push(b')');
        Ok(())
    }
}
