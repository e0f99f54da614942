//! Package testing: regular expressions for `-run` and its kin.

use regex::Regex;
use std::cell::RefCell;
use std::collections::HashMap;
use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[("matchString", match_string)];

thread_local! {
    /// Compiled patterns: every name of a run is held against the same few.
    static COMPILED: RefCell<HashMap<String, Result<Regex, String>>> = RefCell::default();
}

/// `matchString(pattern, s string) (ok bool, why string)`.
fn match_string(cx: &mut Cx<'_>) -> Flow {
    let pattern = String::from_utf8_lossy(cx.str().as_bytes()).into_owned();
    let s = String::from_utf8_lossy(cx.str().as_bytes()).into_owned();
    let (ok, why) = COMPILED.with_borrow_mut(|all| {
        let compile = || Regex::new(&pattern).map_err(|e| e.to_string());
        match all.entry(pattern.clone()).or_insert_with(compile) {
            Ok(re) => (re.is_match(&s), String::new()),
            Err(why) => (false, why.clone()),
        }
    });
    cx.ret_bool(ok);
    cx.ret_str(why);
    Flow::Done
}
