//! Package regexp, on the `regex` crate: both have RE2's syntax and choose the leftmost-first match. `syntax` translates the rest.
//!
//! Invariants: a compiled expression is known to Go by its index in `COMPILED` and is never dropped; the same expression has the same
//! index.

mod syntax;

use regex::bytes::{Captures, Regex, RegexBuilder};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] =
    &[("compile", compile), ("matches", matches), ("find", find)];

#[derive(Default)]
struct Compiled {
    list: Vec<Regex>,
    index: HashMap<String, usize>,
}

thread_local! {
    static COMPILED: RefCell<Compiled> = RefCell::default();
}

fn with<R>(id: u64, f: impl FnOnce(&Regex) -> R) -> Option<R> {
    let re = COMPILED.with_borrow(|c| c.list.get(id as usize).cloned());
    re.map(|re| f(&re))
}

/// Compiles a translated expression, unless that has been done.
fn build(translated: String) -> Result<usize, String> {
    COMPILED.with_borrow_mut(|c| {
        if let Some(&id) = c.index.get(&translated) {
            return Ok(id);
        }
        let re = RegexBuilder::new(&translated)
            .size_limit(64 << 20)
            .build()
            .map_err(|e| e.to_string())?;
        c.list.push(re);
        c.index.insert(translated, c.list.len() - 1);
        Ok(c.list.len() - 1)
    })
}

/// `compile(expr string) (id int, names []string, code, arg string)`.
fn compile(cx: &mut Cx<'_>) -> Flow {
    let expr = cx.str();
    let Some(expr) = expr.as_str() else {
        let arg = expr.to_string_lossy().into_owned();
        return failed(cx, "invalid UTF-8", &arg);
    };
    let (translated, names) = match syntax::translate(expr) {
        Ok(t) => t,
        Err((code, arg)) => return failed(cx, code, &arg),
    };
    match build(translated) {
        Ok(id) => {
            cx.ret_int(id as i64);
            cx.ret_strs(&names);
            cx.ret_str("");
            cx.ret_str("");
            Flow::Done
        }
        Err(text) if text.contains("size limit") => failed(cx, "expression too large", expr),
        Err(_) => failed(cx, "invalid regular expression", expr),
    }
}

fn failed(cx: &mut Cx<'_>, code: &str, arg: &str) -> Flow {
    cx.ret_int(0);
    cx.ret_strs::<&str>(&[]);
    cx.ret_str(code);
    cx.ret_str(arg);
    Flow::Done
}

/// A text whose bytes that are no UTF-8 are, each, U+FFFD, which is how Go sees them; and the way back to its own offsets.
struct Subject<'s> {
    text: Cow<'s, [u8]>,
    /// Behind each replaced byte: its end in `text`, and by how much that is more than in the original.
    shifts: Vec<(usize, usize)>,
}

impl Subject<'_> {
    fn new(s: &[u8]) -> Subject<'_> {
        let (mut text, mut shifts) = (Cow::Borrowed(s), Vec::new());
        if str::from_utf8(s).is_err() {
            let mut out = Vec::with_capacity(s.len() + 16);
            for chunk in s.utf8_chunks() {
                out.extend_from_slice(chunk.valid().as_bytes());
                for _ in chunk.invalid() {
                    out.extend_from_slice("\u{FFFD}".as_bytes());
                    shifts.push((out.len(), 2 * (shifts.len() + 1)));
                }
            }
            text = Cow::Owned(out);
        }
        Subject { text, shifts }
    }

    /// The offset in the original.
    fn back(&self, at: usize) -> i64 {
        let before = self.shifts.partition_point(|&(end, _)| end <= at);
        let shift = before.checked_sub(1).map_or(0, |i| self.shifts[i].1);
        (at - shift) as i64
    }
}

/// `matches(id int, s string) bool`.
fn matches(cx: &mut Cx<'_>) -> Flow {
    let (id, s) = (cx.uint(), cx.str());
    let subject = Subject::new(s.as_bytes());
    let yes = with(id, |re| re.is_match(&subject.text)).unwrap_or(false);
    cx.ret_bool(yes);
    Flow::Done
}

/// Whether an offset lies within a UTF-8 character, where Go finds no empty match.
fn inside_char(s: &[u8], at: usize) -> bool {
    (1..=3.min(at)).any(|back| {
        let from = at - back;
        let until = s.len().min(from + 4);
        s[from..until]
            .utf8_chunks()
            .next()
            .and_then(|c| c.valid().chars().next())
            .is_some_and(|c| c.len_utf8() > back)
    })
}

/// `find(id int, s string, n, groups int) []int`. The crate does not count groups at the end that can never take part.
fn find(cx: &mut Cx<'_>) -> Flow {
    let (id, s, n, groups) = (cx.uint(), cx.str(), cx.int(), cx.uint());
    let limit = usize::try_from(n).unwrap_or(usize::MAX);
    let subject = Subject::new(s.as_bytes());
    let text = &*subject.text;
    let offsets = with(id, |re| {
        let mut out = Vec::new();
        let push = |c: Captures<'_>| {
            for i in 0..groups as usize {
                let (from, to) = c.get(i).map_or((-1, -1), |m| {
                    (subject.back(m.start()), subject.back(m.end()))
                });
                out.extend([from, to]);
            }
        };
        re.captures_iter(text)
            .filter(|c| {
                c.get(0)
                    .is_none_or(|m| !m.is_empty() || !inside_char(text, m.start()))
            })
            .take(limit)
            .for_each(push);
        out
    });
    let offsets = crate::new_ints(cx, offsets.unwrap_or_default().into_iter());
    cx.ret_slice(offsets);
    Flow::Done
}
