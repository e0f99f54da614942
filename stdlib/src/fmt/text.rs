//! Strings and bytes.

use super::printer::Printer;
use crate::strconv::quote;
use crate::unicode::utf8;
use vm::Flow;
use vm::value::Value;

impl Printer<'_, '_> {
    /// A string by a verb.
    pub fn fmt_string(
        &mut self,
        s: &[u8],
        verb: char,
        value: Option<&Value<'_>>,
    ) -> Result<(), Flow> {
        match verb {
            'v' if self.flags.sharp_v => self.fmt_q(s),
            'v' | 's' => self.fmt_s(s),
            'x' | 'X' => self.fmt_hex(s, verb == 'X'),
            'q' => self.fmt_q(s),
            _ => return self.bad_verb(verb, value),
        }
        Ok(())
    }

    /// A slice or array of bytes by a verb, as one; `None` for nil.
    pub fn fmt_bytes(&mut self, bytes: &[u8], is_nil: bool, verb: char, name: &str) {
        match verb {
            'v' | 'd' if self.flags.sharp_v => {
                self.out.extend_from_slice(name.as_bytes());
                if is_nil {
                    self.out.extend_from_slice(b"(nil)");
                    return;
                }
                self.out.push(b'{');
                for (i, &c) in bytes.iter().enumerate() {
                    if i > 0 {
                        self.out.extend_from_slice(b", ");
                    }
                    self.fmt_0x(u64::from(c), true);
                }
                self.out.push(b'}');
            }
            'v' | 'd' => {
                self.out.push(b'[');
                for (i, &c) in bytes.iter().enumerate() {
                    if i > 0 {
                        self.out.push(b' ');
                    }
                    self.integer(u64::from(c), 10, false, verb, b"0123456789abcdefx");
                }
                self.out.push(b']');
            }
            's' => self.fmt_s(bytes),
            'q' => self.fmt_q(bytes),
            _ => self.fmt_hex(bytes, verb == 'X'),
        }
    }

    /// The first characters, as many as the precision says.
    fn truncate<'s>(&self, s: &'s [u8]) -> &'s [u8] {
        match self.flags.prec {
            Some(n) => utf8::runes(s).nth(n).map_or(s, |(at, ..)| &s[..at]),
            None => s,
        }
    }

    /// A string as it is.
    pub fn fmt_s(&mut self, s: &[u8]) {
        let s = self.truncate(s);
        self.pad(s);
    }

    /// A string in quotes.
    fn fmt_q(&mut self, s: &[u8]) {
        let s = self.truncate(s);
        let mut text = Vec::with_capacity(s.len() + 2);
        if self.flags.sharp && quote::can_backquote(s) {
            text.push(b'`');
            text.extend_from_slice(s);
            text.push(b'`');
        } else {
            quote::quote(&mut text, s, b'"', self.flags.plus, false);
        }
        self.pad(&text);
    }

    /// The bytes in base 16.
    fn fmt_hex(&mut self, s: &[u8], upper: bool) {
        let f = self.flags;
        let s = &s[..f.prec.unwrap_or(s.len()).min(s.len())];
        if s.is_empty() {
            self.padding(f.wid.unwrap_or(0));
            return;
        }
        let prefix: &[u8] = if upper { b"0X" } else { b"0x" };
        let mut width = 2 * s.len();
        if f.space {
            width = width * if f.sharp { 2 } else { 1 } + s.len() - 1;
        } else if f.sharp {
            width += 2;
        }
        let padding = f.wid.unwrap_or(0).saturating_sub(width);
        if !f.minus {
            self.padding(padding);
        }
        let digits: &[u8; 16] = if upper {
            b"0123456789ABCDEF"
        } else {
            b"0123456789abcdef"
        };
        for (i, &c) in s.iter().enumerate() {
            if i > 0 && f.space {
                self.out.push(b' ');
            }
            if f.sharp && (f.space || i == 0) {
                self.out.extend_from_slice(prefix);
            }
            self.out.push(digits[usize::from(c >> 4)]);
            self.out.push(digits[usize::from(c & 15)]);
        }
        if f.minus {
            self.padding(padding);
        }
    }
}
