//! Go's quoted strings.

use crate::unicode::utf8;
use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory as Gc;
use std::io::Write;

/// Whether Go prints the character as it is: letters, marks, numbers, punctuation, symbols and the ASCII space.
pub fn is_print(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    !matches!(
        category(c),
        Gc::Control
            | Gc::Format
            | Gc::Surrogate
            | Gc::PrivateUse
            | Gc::Unassigned
            | Gc::SpaceSeparator
            | Gc::LineSeparator
            | Gc::ParagraphSeparator
    )
}

/// Whether the character is printable or a space.
pub fn is_graphic(c: char) -> bool {
    is_print(c) || category(c) == Gc::SpaceSeparator
}

fn category(c: char) -> Gc {
    CodePointMapData::<Gc>::new().get(c)
}

/// Appends `s` between marks, with escapes for what is not printable, or not ASCII, or not graphic.
pub fn quote(out: &mut Vec<u8>, s: &[u8], mark: u8, ascii: bool, graphic: bool) {
    out.push(mark);
    for (at, r, size) in utf8::runes(s) {
        if r == utf8::RUNE_ERROR && size == 1 {
            let _ = write!(out, "\\x{:02x}", s[at]);
        } else {
            escape(
                out,
                char::from_u32(r).unwrap_or(char::REPLACEMENT_CHARACTER),
                mark,
                ascii,
                graphic,
            );
        }
    }
    out.push(mark);
}

fn escape(out: &mut Vec<u8>, c: char, mark: u8, ascii: bool, graphic: bool) {
    if c == char::from(mark) || c == '\\' {
        out.extend_from_slice(&[b'\\', c as u8]);
        return;
    }
    let raw = if ascii {
        c.is_ascii() && is_print(c)
    } else {
        is_print(c) || graphic && is_graphic(c)
    };
    if raw {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        return;
    }
    let _ = match c {
        '\x07' => write!(out, "\\a"),
        '\x08' => write!(out, "\\b"),
        '\x0c' => write!(out, "\\f"),
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        '\x0b' => write!(out, "\\v"),
        '\0'..='\x1f' | '\x7f' => write!(out, "\\x{:02x}", c as u32),
        '\0'..='\u{FFFF}' => write!(out, "\\u{:04x}", c as u32),
        _ => write!(out, "\\U{:08x}", c as u32),
    };
}

/// Whether `s` can stand between backquotes.
pub fn can_backquote(s: &[u8]) -> bool {
    str::from_utf8(s).is_ok_and(|s| {
        s.chars()
            .all(|c| c == '\t' || c >= ' ' && c != '`' && c != '\x7f' && c != '\u{FEFF}')
    })
}

/// The first character or escape of what is between marks: its value, whether it stands for a character beyond a byte, its length.
pub fn unquote_char(s: &[u8], mark: u8) -> Option<(u32, bool, usize)> {
    match s {
        [] => None,
        [c, ..] if *c == mark && matches!(mark, b'\'' | b'"') => None,
        [c, ..] if *c >= 0x80 => {
            let (r, size) = utf8::decode(s);
            Some((r, true, size))
        }
        [b'\\', rest @ ..] => {
            escape_sequence(rest, mark).map(|(v, multibyte, n)| (v, multibyte, n + 1))
        }
        [c, ..] => Some((u32::from(*c), false, 1)),
    }
}

/// What follows a backslash.
fn escape_sequence(s: &[u8], mark: u8) -> Option<(u32, bool, usize)> {
    let simple = |v: u8| Some((u32::from(v), false, 1));
    let digits = |from: usize, n: usize, radix: u32| -> Option<u32> {
        let text = s.get(from..from + n)?;
        text.iter().try_fold(0u32, |v, &c| {
            Some(v * radix + char::from(c).to_digit(radix)?)
        })
    };
    match *s.first()? {
        b'a' => simple(7),
        b'b' => simple(8),
        b'f' => simple(12),
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'v' => simple(11),
        b'\\' => simple(b'\\'),
        c @ (b'\'' | b'"') => (c == mark).then_some((u32::from(c), false, 1)),
        b'x' => digits(1, 2, 16).map(|v| (v, false, 3)),
        b'u' => digits(1, 4, 16)
            .filter(|&v| char::from_u32(v).is_some())
            .map(|v| (v, true, 5)),
        b'U' => digits(1, 8, 16)
            .filter(|&v| char::from_u32(v).is_some())
            .map(|v| (v, true, 9)),
        b'0'..=b'7' => digits(0, 3, 8).filter(|&v| v <= 255).map(|v| (v, false, 3)),
        _ => None,
    }
}

/// The length of the literal at the start of `s`.
pub fn quoted_prefix(s: &[u8]) -> Option<usize> {
    let &mark = s.first()?;
    match mark {
        b'`' => memchr::memchr(b'`', &s[1..]).map(|n| n + 2),
        b'"' | b'\'' => {
            let mut at = 1;
            while *s.get(at)? != mark {
                if s[at] == b'\n' {
                    return None;
                }
                at += unquote_char(&s[at..], mark)?.2;
                if mark == b'\'' && *s.get(at)? != mark {
                    return None;
                }
            }
            (mark == b'"' || at > 1).then_some(at + 1)
        }
        _ => None,
    }
}

/// What a whole literal stands for.
pub fn unquote(s: &[u8]) -> Option<Vec<u8>> {
    if quoted_prefix(s)? != s.len() {
        return None;
    }
    let (mark, inner) = (s[0], &s[1..s.len() - 1]);
    if mark == b'`' {
        return Some(inner.iter().copied().filter(|&c| c != b'\r').collect());
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut at = 0;
    while at < inner.len() {
        let (value, multibyte, n) = unquote_char(&inner[at..], mark)?;
        if value < 0x80 || !multibyte {
            out.push(value as u8);
        } else {
            utf8::push(&mut out, value);
        }
        at += n;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(s: &[u8]) -> String {
        let mut out = Vec::new();
        quote(&mut out, s, b'"', false, false);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn quotes() {
        assert_eq!(quoted(b"a\x07\n\"\\\xff\0"), r#""a\a\n\"\\\xff\x00""#);
        assert_eq!(
            quoted("☺\u{ad}\u{10ffff}".as_bytes()),
            r#""☺\u00ad\U0010ffff""#
        );
    }

    #[test]
    fn unquotes() {
        assert_eq!(
            unquote(br#""a\tb\x41\u263a\101""#).as_deref(),
            Some("a\tbA☺A".as_bytes())
        );
        assert_eq!(unquote(b"`a\\n\r`").as_deref(), Some(&b"a\\n"[..]));
        assert_eq!(unquote(b"'x'").as_deref(), Some(&b"x"[..]));
        for bad in [
            &b"\"a"[..],
            b"'ab'",
            b"\"\n\"",
            b"a",
            b"\"\\q\"",
            b"''",
            b"\"\\'\"",
            b"\"\\ud800\"",
        ] {
            assert_eq!(unquote(bad), None, "{bad:?}");
        }
    }
}
