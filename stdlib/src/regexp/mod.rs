//! Package regexp, on the `regex` crate: both have RE2's syntax and choose the leftmost-first match. `syntax` translates the rest.
//!
//! Invariants: a compiled expression is known to Go by its index in `COMPILED` and is never dropped; the same expression has the same
//! index.

mod syntax;

use regex::bytes::{Captures, Regex, RegexBuilder};
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

/// `matches(id int, s string) bool`.
fn matches(cx: &mut Cx<'_>) -> Flow {
    let (id, s) = (cx.uint(), cx.str());
    let yes = with(id, |re| re.is_match(s.as_bytes())).unwrap_or(false);
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

/// `find(id int, s string, n int) []int`.
fn find(cx: &mut Cx<'_>) -> Flow {
    let (id, s, n) = (cx.uint(), cx.str(), cx.int());
    let limit = usize::try_from(n).unwrap_or(usize::MAX);
    let offsets = with(id, |re| {
        let mut out = Vec::new();
        let push = |c: Captures<'_>| {
            for i in 0..c.len() {
                let (from, to) = c
                    .get(i)
                    .map_or((-1, -1), |m| (m.start() as i64, m.end() as i64));
                out.extend([from, to]);
            }
        };
        re.captures_iter(s.as_bytes())
            .filter(|c| {
                c.get(0)
                    .is_none_or(|m| !m.is_empty() || !inside_char(s.as_bytes(), m.start()))
            })
            .take(limit)
            .for_each(push);
        out
    });
    let offsets = crate::new_ints(cx, offsets.unwrap_or_default().into_iter());
    cx.ret_slice(offsets);
    Flow::Done
}
