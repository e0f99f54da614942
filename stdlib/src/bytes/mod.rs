//! Package bytes: searching and case in Rust.

use crate::unicode::{self, utf8};
use memchr::memmem;
use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("Equal", |cx| two(cx, |a, b, cx| cx.ret_bool(a == b))),
    ("Compare", |cx| {
        two(cx, |a, b, cx| cx.ret_int(a.cmp(b) as i64))
    }),
    ("Count", |cx| {
        two(cx, |s, sep, cx| cx.ret_int(count(s, sep) as i64))
    }),
    ("Index", |cx| {
        two(cx, |s, sep, cx| ret_index(cx, memmem::find(s, sep)))
    }),
    ("LastIndex", |cx| {
        two(cx, |s, sep, cx| ret_index(cx, memmem::rfind(s, sep)))
    }),
    ("IndexByte", |cx| with_byte(cx, |s, c| memchr::memchr(c, s))),
    ("LastIndexByte", |cx| {
        with_byte(cx, |s, c| memchr::memrchr(c, s))
    }),
    ("IndexRune", index_rune_native),
    ("IndexAny", |cx| {
        with_chars(cx, |s, chars, cx| ret_index(cx, index_any(s, chars)))
    }),
    ("LastIndexAny", |cx| {
        with_chars(cx, |s, chars, cx| ret_index(cx, last_index_any(s, chars)))
    }),
    ("EqualFold", |cx| {
        two(cx, |a, b, cx| cx.ret_bool(unicode::equal_fold(a, b)))
    }),
    ("ToUpper", |cx| map(cx, unicode::to_upper)),
    ("ToLower", |cx| map(cx, unicode::to_lower)),
    ("ToTitle", |cx| map(cx, unicode::to_title)),
    ("ToValidUTF8", |cx| {
        two(cx, |s, new, cx| cx.ret_bytes(&to_valid_utf8(s, new)))
    }),
    ("trimBounds", |cx| {
        with_chars(cx, |s, chars, cx| {
            ret_bounds(cx, trim_bounds(s, |r| contains(chars, r)))
        })
    }),
    ("spaceBounds", |cx| {
        let s = cx.slice();
        let bounds = s.with_bytes(|s| trim_bounds(s, unicode::is_space));
        ret_bounds(cx, bounds);
        Flow::Done
    }),
];

fn two(cx: &mut Cx<'_>, f: fn(&[u8], &[u8], &mut Cx<'_>)) -> Flow {
    let (a, b) = (cx.slice(), cx.slice());
    a.with_bytes(|a| b.with_bytes(|b| f(a, b, cx)));
    Flow::Done
}

fn with_byte(cx: &mut Cx<'_>, f: fn(&[u8], u8) -> Option<usize>) -> Flow {
    let (s, c) = (cx.slice(), cx.u8());
    let found = s.with_bytes(|s| f(s, c));
    ret_index(cx, found);
    Flow::Done
}

fn with_chars(cx: &mut Cx<'_>, f: fn(&[u8], &[u8], &mut Cx<'_>)) -> Flow {
    let (s, chars) = (cx.slice(), cx.str());
    s.with_bytes(|s| f(s, chars.as_bytes(), cx));
    Flow::Done
}

fn ret_index(cx: &mut Cx<'_>, index: Option<usize>) {
    cx.ret_int(index.map_or(-1, |i| i as i64));
}

fn ret_bounds(cx: &mut Cx<'_>, (lo, hi): (usize, usize)) {
    cx.ret_int(lo as i64);
    cx.ret_int(hi as i64);
}

fn map(cx: &mut Cx<'_>, f: fn(u32) -> u32) -> Flow {
    let s = cx.slice();
    let mapped = s.with_bytes(|s| map_runes(s, f));
    cx.ret_bytes(&mapped);
    Flow::Done
}

/// How often `sep` occurs; an empty one before each character and at the end.
pub fn count(s: &[u8], sep: &[u8]) -> usize {
    match sep {
        [] => utf8::count(s) + 1,
        [c] => memchr::memchr_iter(*c, s).count(),
        _ => memmem::find_iter(s, sep).count(),
    }
}

/// Where the character `r` first is; U+FFFD is found at the first invalid byte too.
pub fn index_rune(s: &[u8], r: u32) -> Option<usize> {
    match u8::try_from(r) {
        Ok(c) if c.is_ascii() => memchr::memchr(c, s),
        _ if r == utf8::RUNE_ERROR => utf8::runes(s).find(|&(_, c, _)| c == r).map(|(i, ..)| i),
        _ => char::from_u32(r).and_then(|c| memmem::find(s, c.encode_utf8(&mut [0; 4]).as_bytes())),
    }
}

fn index_rune_native(cx: &mut Cx<'_>) -> Flow {
    let (s, r) = (cx.slice(), cx.u32());
    let found = s.with_bytes(|s| index_rune(s, r));
    ret_index(cx, found);
    Flow::Done
}

fn contains(chars: &[u8], r: u32) -> bool {
    utf8::runes(chars).any(|(_, c, _)| c == r)
}

/// Where the first character is that `chars` has.
pub fn index_any(s: &[u8], chars: &[u8]) -> Option<usize> {
    utf8::runes(s)
        .find(|&(_, r, _)| contains(chars, r))
        .map(|(i, ..)| i)
}

/// Where the last character is that `chars` has.
pub fn last_index_any(s: &[u8], chars: &[u8]) -> Option<usize> {
    let mut end = s.len();
    while end > 0 {
        let (r, size) = utf8::decode_last(&s[..end]);
        end -= size;
        if contains(chars, r) {
            return Some(end);
        }
    }
    None
}

/// The characters mapped; invalid bytes become U+FFFD.
pub fn map_runes(s: &[u8], f: fn(u32) -> u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    for (_, r, _) in utf8::runes(s) {
        utf8::push(&mut out, f(r));
    }
    out
}

/// Runs of invalid bytes replaced.
pub fn to_valid_utf8(s: &[u8], new: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    let mut in_run = false;
    for chunk in s.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        in_run &= chunk.valid().is_empty();
        if !chunk.invalid().is_empty() && !in_run {
            out.extend_from_slice(new);
            in_run = true;
        }
    }
    out
}

/// Where `s` begins and ends without the characters that `cut` accepts.
pub fn trim_bounds(s: &[u8], cut: impl Fn(u32) -> bool) -> (usize, usize) {
    let lo = utf8::runes(s)
        .find(|&(_, r, _)| !cut(r))
        .map_or(s.len(), |(i, ..)| i);
    let mut hi = s.len();
    while hi > 0 {
        let (r, size) = utf8::decode_last(&s[..hi]);
        if !cut(r) {
            break;
        }
        hi -= size;
    }
    (lo, hi)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_as_go_does() {
        assert_eq!(count("été".as_bytes(), b""), 4);
        assert_eq!(count(b"aaaa", b"aa"), 2);
        assert_eq!(index_rune(b"a\xffb", utf8::RUNE_ERROR), Some(1));
        assert_eq!(index_rune("a世".as_bytes(), 0x4E16), Some(1));
        assert_eq!(index_rune(b"abc", 0xD800), None);
        assert_eq!(index_any("golang世".as_bytes(), "世x".as_bytes()), Some(6));
        assert_eq!(last_index_any(b"golang", b"go"), Some(5));
        assert_eq!(to_valid_utf8(b"a\xff\xffb\xc0\xafc", b"?"), b"a?b?c");
        assert_eq!(trim_bounds(b"  a b ", unicode::is_space), (2, 5));
        assert_eq!(trim_bounds(b"   ", unicode::is_space), (3, 0));
        assert!(unicode::equal_fold(
            "Straße K".as_bytes(),
            "STRAẞE \u{212A}".as_bytes()
        ));
    }
}
