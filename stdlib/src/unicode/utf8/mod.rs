//! Package unicode/utf8, and Go's way of reading UTF-8 for other packages' natives: an invalid byte is U+FFFD of width 1.

use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("DecodeRune", |cx| {
        of_bytes(cx, |b, cx| ret_rune(cx, decode(b)))
    }),
    ("DecodeRuneInString", |cx| {
        of_str(cx, |b, cx| ret_rune(cx, decode(b)))
    }),
    ("DecodeLastRune", |cx| {
        of_bytes(cx, |b, cx| ret_rune(cx, decode_last(b)))
    }),
    ("DecodeLastRuneInString", |cx| {
        of_str(cx, |b, cx| ret_rune(cx, decode_last(b)))
    }),
    ("FullRune", |cx| of_bytes(cx, |b, cx| cx.ret_bool(full(b)))),
    ("FullRuneInString", |cx| {
        of_str(cx, |b, cx| cx.ret_bool(full(b)))
    }),
    ("RuneCount", |cx| {
        of_bytes(cx, |b, cx| cx.ret_int(count(b) as i64))
    }),
    ("RuneCountInString", |cx| {
        of_str(cx, |b, cx| cx.ret_int(count(b) as i64))
    }),
    ("Valid", |cx| {
        of_bytes(cx, |b, cx| cx.ret_bool(str::from_utf8(b).is_ok()))
    }),
    ("ValidString", |cx| {
        of_str(cx, |b, cx| cx.ret_bool(str::from_utf8(b).is_ok()))
    }),
];

fn of_bytes(cx: &mut Cx<'_>, f: fn(&[u8], &mut Cx<'_>)) -> Flow {
    let s = cx.slice();
    s.with_bytes(|b| f(b, cx));
    Flow::Done
}

fn of_str(cx: &mut Cx<'_>, f: fn(&[u8], &mut Cx<'_>)) -> Flow {
    let s = cx.str();
    f(s.as_bytes(), cx);
    Flow::Done
}

fn ret_rune(cx: &mut Cx<'_>, (r, size): (u32, usize)) {
    cx.ret_i32(r as i32);
    cx.ret_int(size as i64);
}

/// U+FFFD, what invalid bytes decode to.
pub const RUNE_ERROR: u32 = 0xFFFD;

/// The first character and its length; (U+FFFD, 0) if there is none, (U+FFFD, 1) if the bytes are invalid.
#[inline]
pub fn decode(b: &[u8]) -> (u32, usize) {
    match b {
        [] => (RUNE_ERROR, 0),
        [c, ..] if *c < 0x80 => (u32::from(*c), 1),
        _ => decode_long(b),
    }
}

fn decode_long(b: &[u8]) -> (u32, usize) {
    let (len, low, high) = lead(b[0]);
    if len == 0
        || b.len() < len
        || !(low..=high).contains(&b[1])
        || b[2..len].iter().any(|c| c & 0xC0 != 0x80)
    {
        return (RUNE_ERROR, 1);
    }
    let first = u32::from(b[0]) & (0x7F >> len);
    (
        b[1..len]
            .iter()
            .fold(first, |r, c| r << 6 | u32::from(c & 0x3F)),
        len,
    )
}

/// How long the character is that begins with byte `c` (0: none does), and what its second byte may be.
fn lead(c: u8) -> (usize, u8, u8) {
    match c {
        0xC2..=0xDF => (2, 0x80, 0xBF),
        0xE0 => (3, 0xA0, 0xBF),
        0xED => (3, 0x80, 0x9F),
        0xE1..=0xEF => (3, 0x80, 0xBF),
        0xF0 => (4, 0x90, 0xBF),
        0xF1..=0xF3 => (4, 0x80, 0xBF),
        0xF4 => (4, 0x80, 0x8F),
        _ => (0, 0, 0),
    }
}

/// The last character and its length, as for `decode`.
pub fn decode_last(b: &[u8]) -> (u32, usize) {
    let end = b.len();
    if end == 0 {
        return (RUNE_ERROR, 0);
    }
    let earliest = end.saturating_sub(4);
    let start = (earliest..end)
        .rev()
        .find(|&i| b[i] & 0xC0 != 0x80)
        .unwrap_or(end - 1);
    match decode(&b[start..]) {
        (r, size) if start + size == end => (r, size),
        _ => (RUNE_ERROR, 1),
    }
}

/// Whether the bytes begin with a whole character or with what no more bytes could make valid.
pub fn full(b: &[u8]) -> bool {
    let Some(&first) = b.first() else {
        return false;
    };
    let (len, low, high) = lead(first);
    b.len() >= len
        || b.get(1).is_some_and(|c| !(low..=high).contains(c))
        || b.get(2).is_some_and(|c| c & 0xC0 != 0x80)
}

/// How many characters there are.
pub fn count(b: &[u8]) -> usize {
    let mut n = 0;
    for chunk in b.utf8_chunks() {
        n += chunk.valid().chars().count() + chunk.invalid().len();
    }
    n
}

/// The characters with the offset of each and its length.
pub fn runes(b: &[u8]) -> impl Iterator<Item = (usize, u32, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (r, size) = decode(&b[at..]);
        at += size;
        (size > 0).then_some((at - size, r, size))
    })
}

/// Appends the UTF-8 of `r`, of U+FFFD if it is no character.
pub fn push(out: &mut Vec<u8>, r: u32) {
    let c = char::from_u32(r).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_as_go_does() {
        assert_eq!(decode(b""), (RUNE_ERROR, 0));
        assert_eq!(decode("世界".as_bytes()), (0x4E16, 3));
        for bad in [
            &b"\xff"[..],
            b"\xc0\x80",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xe4\xb8",
        ] {
            assert_eq!(decode(bad), (RUNE_ERROR, 1), "{bad:?}");
            assert_eq!(count(bad), bad.len(), "{bad:?}");
        }
        assert_eq!(decode_last("a界".as_bytes()), (0x754C, 3));
        assert_eq!(decode_last(b"a\x80\x80"), (RUNE_ERROR, 1));
        assert!(full(b"\xc0") && full(b"\xe4\x41") && !full(b"\xe4\xb8") && !full(b""));
    }

    #[test]
    fn agrees_with_rust_on_every_character() {
        for c in '\0'..=char::MAX {
            let mut b = [0; 4];
            let b = c.encode_utf8(&mut b).as_bytes();
            assert_eq!(decode(b), (u32::from(c), b.len()));
            assert_eq!(decode_last(b), (u32::from(c), b.len()));
            assert!(full(b) && (b.len() == 1 || !full(&b[..b.len() - 1])));
        }
    }
}
