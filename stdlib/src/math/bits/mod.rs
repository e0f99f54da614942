//! Package math/bits: what Rust's integers do in an instruction.

use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("Len64", |cx| int(cx, |x| 64 - x.leading_zeros())),
    ("TrailingZeros64", |cx| int(cx, u64::trailing_zeros)),
    ("OnesCount64", |cx| int(cx, u64::count_ones)),
    ("Reverse64", |cx| word(cx, u64::reverse_bits)),
    ("ReverseBytes64", |cx| word(cx, u64::swap_bytes)),
    ("Mul64", mul64),
    ("div128", div128),
];

fn int(cx: &mut Cx<'_>, f: fn(u64) -> u32) -> Flow {
    let x = cx.uint();
    cx.ret_int(i64::from(f(x)));
    Flow::Done
}

fn word(cx: &mut Cx<'_>, f: fn(u64) -> u64) -> Flow {
    let x = cx.uint();
    cx.ret_uint(f(x));
    Flow::Done
}

fn mul64(cx: &mut Cx<'_>) -> Flow {
    let (x, y) = (cx.uint(), cx.uint());
    let product = u128::from(x) * u128::from(y);
    cx.ret_uint((product >> 64) as u64);
    cx.ret_uint(product as u64);
    Flow::Done
}

fn div128(cx: &mut Cx<'_>) -> Flow {
    let (hi, lo, y) = (cx.uint(), cx.uint(), u128::from(cx.uint()));
    let x = u128::from(hi) << 64 | u128::from(lo);
    cx.ret_uint((x / y) as u64);
    cx.ret_uint((x % y) as u64);
    Flow::Done
}
