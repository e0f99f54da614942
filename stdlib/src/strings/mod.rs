//! Package strings: searching, splitting, changing. What is cut out of a string shares its memory.

use crate::unicode::{self, utf8};
use memchr::memmem;
use vm::{Cx, Flow, GoSlice, GoStr, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("Index", |cx| {
        let (s, sub) = (cx.str(), cx.str());
        ret_index(cx, index(s.as_bytes(), sub.as_bytes()))
    }),
    ("LastIndex", |cx| {
        let (s, sub) = (cx.str(), cx.str());
        ret_index(cx, memmem::rfind(s.as_bytes(), sub.as_bytes()))
    }),
    ("IndexByte", |cx| {
        let (s, c) = (cx.str(), cx.u8());
        ret_index(cx, memchr::memchr(c, s.as_bytes()))
    }),
    ("LastIndexByte", |cx| {
        let (s, c) = (cx.str(), cx.u8());
        ret_index(cx, memchr::memrchr(c, s.as_bytes()))
    }),
    ("IndexRune", |cx| {
        let (s, r) = (cx.str(), cx.i32());
        ret_index(cx, index_rune(s.as_bytes(), r))
    }),
    ("IndexAny", |cx| {
        let (s, chars) = (cx.str(), cx.str());
        ret_index(cx, index_any(s.as_bytes(), chars.as_bytes()))
    }),
    ("Contains", |cx| {
        let (s, sub) = (cx.str(), cx.str());
        cx.ret_bool(index(s.as_bytes(), sub.as_bytes()).is_some());
        Flow::Done
    }),
    ("Count", |cx| {
        let (s, sub) = (cx.str(), cx.str());
        cx.ret_int(count(s.as_bytes(), sub.as_bytes()) as i64);
        Flow::Done
    }),
    ("EqualFold", |cx| {
        let (s, t) = (cx.str(), cx.str());
        cx.ret_bool(unicode::equal_fold(s.as_bytes(), t.as_bytes()));
        Flow::Done
    }),
    ("ToUpper", |cx| {
        map(cx, unicode::to_upper, u8::to_ascii_uppercase)
    }),
    ("ToLower", |cx| {
        map(cx, unicode::to_lower, u8::to_ascii_lowercase)
    }),
    ("TrimSpace", |cx| {
        let s = cx.str();
        let (lo, hi) = trim_bounds(s.as_bytes(), unicode::is_space, true, true);
        cx.ret_gostr(s.sub(lo, hi));
        Flow::Done
    }),
    ("trim", |cx| {
        let (s, set, left, right) = (cx.str(), cx.str(), cx.bool(), cx.bool());
        let (lo, hi) = trim_bounds(
            s.as_bytes(),
            |r| index_rune(set.as_bytes(), r as i32).is_some(),
            left,
            right,
        );
        cx.ret_gostr(s.sub(lo, hi));
        Flow::Done
    }),
    ("Fields", fields),
    ("split", split),
    ("Join", join),
    ("repeat", |cx| {
        let (s, n) = (cx.str(), cx.uint());
        cx.ret_str(s.as_bytes().repeat(n as usize));
        Flow::Done
    }),
    ("Replace", replace),
    ("(*Builder).String", |cx| {
        let b = cx.ptr();
        cx.ret_gostr(b.load_slice(8).as_gostr());
        Flow::Done
    }),
];

fn ret_index(cx: &mut Cx<'_>, at: Option<usize>) -> Flow {
    cx.ret_int(at.map_or(-1, |i| i as i64));
    Flow::Done
}

/// Where `sub` first occurs.
pub(crate) fn index(s: &[u8], sub: &[u8]) -> Option<usize> {
    match sub {
        [c] => memchr::memchr(*c, s),
        _ => memmem::find(s, sub),
    }
}

/// Where a character first occurs; U+FFFD also stands for invalid bytes.
pub(crate) fn index_rune(s: &[u8], r: i32) -> Option<usize> {
    match u32::try_from(r).ok().and_then(char::from_u32) {
        Some(char::REPLACEMENT_CHARACTER) => utf8::runes(s)
            .find(|&(_, c, _)| c == utf8::RUNE_ERROR)
            .map(|(at, ..)| at),
        Some(c) => index(s, c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => None,
    }
}

/// Where a character of `chars` first occurs.
pub(crate) fn index_any(s: &[u8], chars: &[u8]) -> Option<usize> {
    if chars.is_ascii() {
        return s.iter().position(|c| chars.contains(c));
    }
    utf8::runes(s)
        .find(|&(_, r, _)| index_rune(chars, r as i32).is_some())
        .map(|(at, ..)| at)
}

/// How often `sub` occurs without overlaps; once more than there are characters if it is empty.
pub(crate) fn count(s: &[u8], sub: &[u8]) -> usize {
    match sub {
        [] => utf8::count(s) + 1,
        [c] => memchr::memchr_iter(*c, s).count(),
        _ => memmem::find_iter(s, sub).count(),
    }
}

/// The bytes left when the characters that `cut` holds for are taken off.
pub(crate) fn trim_bounds(
    s: &[u8],
    cut: impl Fn(u32) -> bool,
    left: bool,
    right: bool,
) -> (usize, usize) {
    let (mut lo, mut hi) = (0, s.len());
    while left && lo < hi {
        let (r, size) = utf8::decode(&s[lo..]);
        if !cut(r) {
            break;
        }
        lo += size;
    }
    while right && lo < hi {
        let (r, size) = utf8::decode_last(&s[lo..hi]);
        if !cut(r) {
            break;
        }
        hi -= size;
    }
    (lo, hi)
}

/// Maps every character of the string argument; a string that does not change is returned as it is.
fn map(cx: &mut Cx<'_>, rune: fn(u32) -> u32, ascii: fn(&u8) -> u8) -> Flow {
    let s = cx.str();
    let bytes = s.as_bytes();
    if bytes.is_ascii() {
        if bytes.iter().all(|c| ascii(c) == *c) {
            cx.ret_gostr(s);
        } else {
            let mapped: Vec<u8> = bytes.iter().map(ascii).collect();
            cx.ret_str(mapped);
        }
    } else {
        cx.ret_str(map_runes(bytes, rune));
    }
    Flow::Done
}

/// The text with every character mapped.
pub(crate) fn map_runes(s: &[u8], f: fn(u32) -> u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    for (_, r, _) in utf8::runes(s) {
        utf8::push(&mut out, f(r));
    }
    out
}

/// The bounds of the parts between white space.
pub(crate) fn field_bounds(s: &[u8]) -> Vec<(usize, usize)> {
    let mut bounds = Vec::new();
    let mut start = None;
    for (at, r, _) in utf8::runes(s) {
        match (unicode::is_space(r), start) {
            (true, Some(lo)) => {
                bounds.push((lo, at));
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    bounds.extend(start.map(|lo| (lo, s.len())));
    bounds
}

/// The bounds of at most `n` parts (all if negative) between separators, of which `save` bytes belong to the part before.
pub(crate) fn split_bounds(s: &[u8], sep: &[u8], save: usize, n: i64) -> Vec<(usize, usize)> {
    let most = usize::try_from(n).unwrap_or(usize::MAX);
    let mut bounds = Vec::new();
    if sep.is_empty() {
        for (at, _, size) in utf8::runes(s) {
            if bounds.len() + 1 == most {
                bounds.push((at, s.len()));
                break;
            }
            bounds.push((at, at + size));
        }
        return bounds;
    }
    let mut start = 0;
    let finder = memmem::Finder::new(sep);
    while bounds.len() + 1 < most {
        let Some(i) = finder.find(&s[start..]) else {
            break;
        };
        bounds.push((start, start + i + save));
        start += i + sep.len();
    }
    bounds.push((start, s.len()));
    bounds
}

fn ret_parts(cx: &mut Cx<'_>, s: GoStr, bounds: &[(usize, usize)]) -> Flow {
    let parts = cx.new_strs(bounds.len());
    for (i, &(lo, hi)) in bounds.iter().enumerate() {
        parts.set_str(i, s.sub(lo, hi));
    }
    cx.ret_slice(parts);
    Flow::Done
}

fn fields(cx: &mut Cx<'_>) -> Flow {
    let s = cx.str();
    ret_parts(cx, s, &field_bounds(s.as_bytes()))
}

/// `split(s, sep string, save, n int) []string`.
fn split(cx: &mut Cx<'_>) -> Flow {
    let (s, sep, save, n) = (cx.str(), cx.str(), cx.uint(), cx.int());
    if n == 0 {
        cx.ret_slice(GoSlice::NIL);
        return Flow::Done;
    }
    ret_parts(
        cx,
        s,
        &split_bounds(s.as_bytes(), sep.as_bytes(), save as usize, n),
    )
}

fn join(cx: &mut Cx<'_>) -> Flow {
    let (elems, sep) = (cx.slice(), cx.str());
    if elems.len() == 1 {
        cx.ret_gostr(elems.get_str(0));
        return Flow::Done;
    }
    let mut out = Vec::new();
    for i in 0..elems.len() {
        if i > 0 {
            out.extend_from_slice(sep.as_bytes());
        }
        out.extend_from_slice(elems.get_str(i).as_bytes());
    }
    cx.ret_str(out);
    Flow::Done
}

/// `Replace(s, old, new string, n int) string`.
fn replace(cx: &mut Cx<'_>) -> Flow {
    let (s, old, new, n) = (cx.str(), cx.str(), cx.str(), cx.int());
    match replaced(s.as_bytes(), old.as_bytes(), new.as_bytes(), n) {
        Some(out) => cx.ret_str(out),
        None => cx.ret_gostr(s),
    }
    Flow::Done
}

/// The text with at most `n` (all if negative) occurrences replaced; `None` if it does not change.
pub(crate) fn replaced(s: &[u8], old: &[u8], new: &[u8], n: i64) -> Option<Vec<u8>> {
    let most = usize::try_from(n).unwrap_or(usize::MAX);
    if most == 0 || old == new {
        return None;
    }
    let places: Vec<usize> = if old.is_empty() {
        utf8::runes(s)
            .map(|(at, ..)| at)
            .chain([s.len()])
            .take(most)
            .collect()
    } else {
        memmem::find_iter(s, old).take(most).collect()
    };
    if places.is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(s.len() + places.len() * new.len().saturating_sub(old.len()));
    let mut start = 0;
    for at in places {
        out.extend_from_slice(&s[start..at]);
        out.extend_from_slice(new);
        start = at + old.len();
    }
    out.extend_from_slice(&s[start..]);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits() {
        assert_eq!(
            split_bounds(b"a,b,c", b",", 0, -1),
            [(0, 1), (2, 3), (4, 5)]
        );
        assert_eq!(split_bounds(b"a,b,c", b",", 0, 2), [(0, 1), (2, 5)]);
        assert_eq!(
            split_bounds(b"a,b,c", b",", 1, -1),
            [(0, 2), (2, 4), (4, 5)]
        );
        assert_eq!(split_bounds(b"", b",", 0, -1), [(0, 0)]);
        assert_eq!(split_bounds(b"", b"", 0, -1), []);
        assert_eq!(split_bounds(b"abc", b"", 0, 2), [(0, 1), (1, 3)]);
        assert_eq!(split_bounds(b"abc", b",", 0, 1), [(0, 3)]);
    }

    #[test]
    fn replaces() {
        assert_eq!(
            replaced(b"aaa", b"a", b"b", 2).as_deref(),
            Some(&b"bba"[..])
        );
        assert_eq!(
            replaced("a☺".as_bytes(), b"", b"-", -1).as_deref(),
            Some("-a-☺-".as_bytes())
        );
        assert_eq!(replaced(b"abc", b"x", b"y", -1), None);
    }
}
