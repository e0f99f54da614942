//! Literals: the lexer's scanners that find where one ends and what is wrong with it, and the values of well-formed ones.
//!
//! Invariant: a literal that the lexer passed without an error is one whose value `unquote` and `unquote_char` can give.

use super::token::{Kind, LexError, Notes};
use logos::Lexer;

/// Go's `%#U`: `U+0041 'A'`, without the character if it is not printable.
pub(super) fn rune_name(c: char) -> String {
    match c == ' ' || c.escape_debug().len() == 1 || matches!(c, '\'' | '"' | '\\') {
        true => format!("U+{:04X} '{c}'", c as u32),
        false => format!("U+{:04X}", c as u32),
    }
}

fn base_name(base: u32) -> &'static str {
    match base {
        2 => "binary",
        8 => "octal",
        10 => "decimal",
        _ => "hexadecimal",
    }
}

/// Walks over a literal's bytes.
struct Scan<'t> {
    text: &'t str,
    at: usize,
    error: Option<LexError>,
}

impl Scan<'_> {
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn char(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Reports the literal's first error.
    fn fail(&mut self, at: usize, message: impl FnOnce() -> String) {
        if self.error.is_none() {
            self.error = Some((at, message()));
        }
    }

    fn finish(self, lex: &mut Lexer<'_, Kind>) {
        let end = lex.span().end;
        lex.bump(self.at - end);
        lex.extras.bad = self.error.is_some();
        lex.extras.errors.extend(self.error);
    }
}

/// What a run of digits held.
#[derive(Default)]
struct Digits {
    any: bool,
    separator: bool,
    /// Where the first decimal digit stands that the base does not have.
    invalid: Option<usize>,
}

fn digits(s: &mut Scan<'_>, base: u32, seen: &mut Digits) {
    loop {
        let b = s.peek();
        match b {
            b'_' => seen.separator = true,
            b'0'..=b'9' => {
                seen.any = true;
                if u32::from(b - b'0') >= base {
                    seen.invalid.get_or_insert(s.at);
                }
            }
            b'a'..=b'f' | b'A'..=b'F' if base == 16 => seen.any = true,
            _ => return,
        }
        s.at += 1;
    }
}

/// Scans a number; its kind goes into the notes (spec: Integer, Floating-point, Imaginary literals).
pub(super) fn number(lex: &mut Lexer<'_, Kind>) {
    let start = lex.span().start;
    let mut s = Scan {
        text: lex.source(),
        at: start,
        error: None,
    };
    let kind = scan_number(&mut s, start);
    lex.extras.number = Some(kind);
    s.finish(lex);
}

fn scan_number(s: &mut Scan<'_>, start: usize) -> Kind {
    let (mut kind, mut base, mut prefix, mut seen) = (Kind::Int, 10, 0u8, Digits::default());
    if s.peek() == b'0' {
        s.at += 1;
        prefix = s.peek().to_ascii_lowercase();
        base = match prefix {
            b'x' => 16,
            b'o' => 8,
            b'b' => 2,
            _ => {
                (prefix, seen.any) = (b'0', true);
                8
            }
        };
        s.at += usize::from(prefix != b'0');
    }
    digits(s, base, &mut seen);
    if s.peek() == b'.' {
        if matches!(prefix, b'o' | b'b') {
            s.fail(s.at, || {
                format!("invalid radix point in {} literal", base_name(base))
            });
        }
        s.at += 1;
        kind = Kind::Float;
        digits(s, base, &mut seen);
    }
    if !seen.any {
        s.fail(s.at, || {
            format!("{} literal has no digits", base_name(base))
        });
    }
    exponent(s, prefix, &mut kind, &mut seen);
    if s.peek() == b'i' {
        kind = Kind::Imag;
        s.at += 1;
    }
    if let (Kind::Int, Some(at)) = (kind, seen.invalid) {
        let digit = s.text.as_bytes()[at] as char;
        s.fail(at, || {
            format!("invalid digit '{digit}' in {} literal", base_name(base))
        });
    }
    if seen.separator
        && let Some(i) = misplaced_separator(&s.text.as_bytes()[start..s.at])
    {
        s.fail(start + i, || {
            "'_' must separate successive digits".to_string()
        });
    }
    kind
}

fn exponent(s: &mut Scan<'_>, prefix: u8, kind: &mut Kind, seen: &mut Digits) {
    let e = s.peek();
    if !matches!(e, b'e' | b'E' | b'p' | b'P') {
        if prefix == b'x' && *kind == Kind::Float {
            s.fail(s.at, || {
                "hexadecimal mantissa requires a 'p' exponent".to_string()
            });
        }
        return;
    }
    match (e.to_ascii_lowercase(), prefix) {
        (b'e', 0 | b'0') | (b'p', b'x') => {}
        (b'e', _) => s.fail(s.at, || {
            format!("'{}' exponent requires decimal mantissa", e as char)
        }),
        _ => s.fail(s.at, || {
            format!("'{}' exponent requires hexadecimal mantissa", e as char)
        }),
    }
    s.at += 1;
    *kind = Kind::Float;
    s.at += usize::from(matches!(s.peek(), b'+' | b'-'));
    let mut power = Digits {
        separator: seen.separator,
        ..Digits::default()
    };
    digits(s, 10, &mut power);
    seen.separator = power.separator;
    if !power.any {
        s.fail(s.at, || "exponent has no digits".to_string());
    }
}

/// Where the first `_` stands that is not between digits (a base prefix counts as a digit).
fn misplaced_separator(lit: &[u8]) -> Option<usize> {
    let prefixed = lit.len() >= 2 && lit[0] == b'0' && matches!(lit[1] | 0x20, b'x' | b'o' | b'b');
    let hex = prefixed && lit[1] | 0x20 == b'x';
    let is_digit = |i: usize| match lit.get(i) {
        Some(b) => b.is_ascii_digit() || hex && b.is_ascii_hexdigit() || prefixed && i == 1,
        None => false,
    };
    (0..lit.len()).filter(|&i| lit[i] == b'_').find(|&i| {
        // In a run of separators the first one is in order and the second is not.
        let before = i > 0 && is_digit(i - 1);
        let after = is_digit(i + 1) || lit.get(i + 1) == Some(&b'_');
        !(before && after)
    })
}

/// Scans a rune literal.
pub(super) fn rune(lex: &mut Lexer<'_, Kind>) {
    let start = lex.span().start;
    let mut s = Scan {
        text: lex.source(),
        at: start + 1,
        error: None,
    };
    let mut count = 0;
    loop {
        match s.char() {
            Some('\'') => {
                match count {
                    0 => s.fail(s.at, || "empty rune literal or unescaped '".to_string()),
                    1 => {}
                    _ => s.fail(start, || {
                        "more than one character in rune literal".to_string()
                    }),
                }
                s.at += 1;
                break;
            }
            Some('\\') => escape(&mut s, b'\''),
            Some('\n') => {
                s.fail(s.at, || "newline in rune literal".to_string());
                break;
            }
            Some(c) => s.at += c.len_utf8(),
            None => {
                s.fail(start, || "rune literal not terminated".to_string());
                break;
            }
        }
        count += 1;
    }
    s.finish(lex);
}

/// Scans an interpreted string literal. Unlike other literals it can have several errors: each bad escape is one.
pub(super) fn string(lex: &mut Lexer<'_, Kind>) {
    let start = lex.span().start;
    let mut s = Scan {
        text: lex.source(),
        at: start + 1,
        error: None,
    };
    let mut earlier = Vec::new();
    loop {
        match s.peek() {
            b'"' => {
                s.at += 1;
                break;
            }
            b'\\' => escape(&mut s, b'"'),
            b'\n' => {
                s.fail(s.at, || "newline in string".to_string());
                break;
            }
            0 if s.at >= s.text.len() => {
                s.fail(start, || "string not terminated".to_string());
                break;
            }
            _ => s.at += 1,
        }
        earlier.extend(s.error.take());
    }
    let bad = s.error.is_some() || !earlier.is_empty();
    lex.extras.errors.append(&mut earlier);
    s.finish(lex);
    lex.extras.bad = bad;
}

/// Scans a raw string literal.
pub(super) fn raw_string(lex: &mut Lexer<'_, Kind>) {
    let notes: &mut Notes = &mut lex.extras;
    notes.bad = false;
    match lex.remainder().find('`') {
        Some(len) => lex.bump(len + 1),
        None => {
            lex.extras
                .errors
                .push((lex.span().start, "string not terminated".to_string()));
            lex.extras.bad = true;
            lex.bump(lex.remainder().len());
        }
    }
}

/// Scans an escape sequence from its backslash on.
fn escape(s: &mut Scan<'_>, quote: u8) {
    s.at += 1;
    let (digits, base, max) = match s.peek() {
        b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'\\' => {
            s.at += 1;
            return;
        }
        b if b == quote => {
            s.at += 1;
            return;
        }
        b'0'..=b'7' => (3, 8, 255),
        b'x' => (2, 16, 255),
        b'u' => (4, 16, 0x10ffff),
        b'U' => (8, 16, 0x10ffff),
        _ if s.at >= s.text.len() => return, // the caller complains about the missing quote
        _ => return s.fail(s.at, || "unknown escape".to_string()),
    };
    s.at += usize::from(base == 16);
    let mut value = 0u32;
    for _ in 0..digits {
        let Some(c) = s.char() else { return };
        let Some(d) = c.to_digit(base) else {
            return s.fail(s.at, || {
                format!("invalid character {c:?} in {} escape", base_name(base))
            });
        };
        value = value.wrapping_mul(base).wrapping_add(d);
        s.at += 1;
    }
    if value > max && base == 8 {
        s.fail(s.at, || format!("octal escape value {value} > 255"));
    } else if value > max || (0xd800..0xe000).contains(&value) {
        s.fail(s.at, || {
            format!("escape is invalid Unicode code point U+{value:04X}")
        });
    }
}

/// The bytes of a string literal, quotes and escapes resolved; the text must be well-formed.
pub fn unquote(text: &str) -> Vec<u8> {
    let body = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
    if text.starts_with('`') {
        return body.bytes().filter(|&b| b != b'\r').collect();
    }
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let (value, is_byte, len) = escape_value(&rest[at..]);
        match char::from_u32(value).filter(|_| !is_byte) {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.push(value as u8),
        }
        rest = &rest[at + len..];
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// The code point of a rune literal; the text must be well-formed.
pub fn unquote_char(text: &str) -> u32 {
    let body = text.get(1..).unwrap_or("");
    match body.chars().next() {
        Some('\\') => escape_value(body).0,
        Some(c) => c as u32,
        None => 0,
    }
}

/// Value of the escape sequence at the start of `text`, whether it denotes a byte rather than a code point, and its length.
fn escape_value(text: &str) -> (u32, bool, usize) {
    let digits = |from: usize, to: usize, base| {
        u32::from_str_radix(text.get(from..to.min(text.len())).unwrap_or("0"), base).unwrap_or(0)
    };
    match text.as_bytes().get(1).copied().unwrap_or(b'\\') {
        b'a' => (7, false, 2),
        b'b' => (8, false, 2),
        b'f' => (12, false, 2),
        b'n' => (10, false, 2),
        b'r' => (13, false, 2),
        b't' => (9, false, 2),
        b'v' => (11, false, 2),
        b'0'..=b'7' => (digits(1, 4, 8), true, 4.min(text.len())),
        b'x' => (digits(2, 4, 16), true, 4.min(text.len())),
        b'u' => (digits(2, 6, 16), false, 6.min(text.len())),
        b'U' => (digits(2, 10, 16), false, 10.min(text.len())),
        b => (u32::from(b), false, 2.min(text.len())),
    }
}
