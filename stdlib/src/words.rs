//! Small conversions between Rust values and Go memory that several packages need.

use vm::{Cx, GoSlice, GoStr};

/// The string whose register words these are, as a call of a Go function gives them.
pub(crate) fn str_of_words(words: &[u64]) -> GoStr {
    GoStr::from_words(words)
}

/// A new `[]int`.
pub(crate) fn new_ints(cx: &mut Cx<'_>, ints: impl ExactSizeIterator<Item = i64>) -> GoSlice {
    let Some(int) = cx.named_type("", "int") else {
        unreachable!("int is predeclared")
    };
    let n = ints.len();
    let slice = cx.new_slice(int, n, n);
    for (i, v) in ints.enumerate() {
        slice.set_i64(i, v);
    }
    slice
}

/// `append(to, more...)` on byte slices.
pub(crate) fn bytes_append(cx: &mut Cx<'_>, to: GoSlice, more: &[u8]) -> GoSlice {
    let (len, total) = (to.len(), to.len() + more.len());
    if more.is_empty() {
        return to;
    }
    if total <= to.cap() {
        let all = to.truncate(total);
        all.with_bytes_mut(|b| b[len..].copy_from_slice(more));
        return all;
    }
    let all = cx.new_bytes_cap(total, (len * 2).max(total));
    all.with_bytes_mut(|b| {
        to.with_bytes(|old| b[..len].copy_from_slice(old));
        b[len..].copy_from_slice(more);
    });
    all
}
