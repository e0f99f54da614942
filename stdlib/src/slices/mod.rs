//! Package slices: sorting of the usual element types.

use vm::{Cx, Flow, GoStr, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("sortInts", sort_ints),
    ("sortFloats", sort_floats),
    ("sortStrings", sort_strings),
];

fn sort_ints(cx: &mut Cx<'_>) -> Flow {
    cx.slice().with_mut::<i64, _>(<[i64]>::sort_unstable);
    Flow::Done
}

fn sort_floats(cx: &mut Cx<'_>) -> Flow {
    // NaNs come first and are all equal; so are the zeros.
    cx.slice().with_mut::<f64, _>(|s| {
        s.sort_by(|a, b| {
            a.partial_cmp(b)
                .unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
        })
    });
    Flow::Done
}

fn sort_strings(cx: &mut Cx<'_>) -> Flow {
    let s = cx.slice();
    let mut strings: Vec<GoStr> = (0..s.len()).map(|i| s.get_str(i)).collect();
    strings.sort_unstable_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    for (i, text) in strings.into_iter().enumerate() {
        s.set_str(i, text);
    }
    Flow::Done
}
