//! Package sort: slices of any type, and fast paths for the common ones.

use vm::rtype::Kind;
use vm::{Cx, Flow, GoSlice, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("Ints", |cx| {
        let s = cx.slice();
        sort_ints(s);
        Flow::Done
    }),
    ("Float64s", |cx| {
        let s = cx.slice();
        sort_floats(s);
        Flow::Done
    }),
    ("Strings", |cx| {
        let s = cx.slice();
        sort_strings(s);
        Flow::Done
    }),
    ("length", length),
    ("swap", swap),
];

/// Sorts an `[]int`.
pub(crate) fn sort_ints(s: GoSlice) {
    s.with_mut(|x: &mut [i64]| x.sort_unstable());
}

/// Sorts a `[]float64`, NaN first.
pub(crate) fn sort_floats(s: GoSlice) {
    s.with_mut(|x: &mut [f64]| {
        x.sort_unstable_by(|a, b| {
            a.partial_cmp(b)
                .unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
        });
    });
}

/// Sorts a `[]string`.
pub(crate) fn sort_strings(s: GoSlice) {
    let mut strs: Vec<_> = (0..s.len()).map(|i| s.get_str(i)).collect();
    strs.sort_unstable_by_key(|s| s.as_bytes());
    for (i, text) in strs.into_iter().enumerate() {
        s.set_str(i, text);
    }
}

/// `length(x any) int`.
fn length(cx: &mut Cx<'_>) -> Flow {
    let v = cx.iface();
    match cx.value(v) {
        Some(s) if s.kind() == Kind::Slice => {
            cx.ret_int(s.len() as i64);
            Flow::Done
        }
        Some(s) => {
            let text = format!("reflect: call of Swapper on {} Value", kind_name(s.kind()));
            cx.panic_str(&text)
        }
        None => cx.panic_str("reflect: call of Swapper on zero Value"),
    }
}

fn kind_name(k: Kind) -> String {
    match k {
        Kind::Pointer => "ptr".to_string(),
        k => format!("{k:?}").to_lowercase(),
    }
}

/// `swap(x any, i, j int)`.
fn swap(cx: &mut Cx<'_>) -> Flow {
    let (v, i, j) = (cx.iface(), cx.uint() as usize, cx.uint() as usize);
    if cx.value(v).is_none_or(|s| s.swap_elems(i, j)) {
        return Flow::Done;
    }
    cx.panic_str("reflect: slice index out of range")
}
