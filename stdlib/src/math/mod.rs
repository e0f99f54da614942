//! Package math: floating point by Go's own methods or by those of the platform-independent libm, so that results are the same everywhere.

pub mod bits;
mod cephes;
pub mod rand;

use vm::{Cx, Flow, NativeFn};

fn f1(cx: &mut Cx<'_>, f: fn(f64) -> f64) -> Flow {
    let x = cx.f64();
    cx.ret_f64(f(x));
    Flow::Done
}

fn f2(cx: &mut Cx<'_>, f: fn(f64, f64) -> f64) -> Flow {
    let (x, y) = (cx.f64(), cx.f64());
    cx.ret_f64(f(x, y));
    Flow::Done
}

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("Float64bits", |cx| {
        let x = cx.f64();
        cx.ret_uint(x.to_bits());
        Flow::Done
    }),
    ("Float64frombits", |cx| {
        let x = cx.uint();
        cx.ret_f64(f64::from_bits(x));
        Flow::Done
    }),
    ("Float32bits", |cx| {
        let x = cx.f32();
        cx.ret_u32(x.to_bits());
        Flow::Done
    }),
    ("Float32frombits", |cx| {
        let x = cx.u32();
        cx.ret_f32(f32::from_bits(x));
        Flow::Done
    }),
    ("Abs", |cx| f1(cx, f64::abs)),
    ("Floor", |cx| f1(cx, f64::floor)),
    ("Ceil", |cx| f1(cx, f64::ceil)),
    ("Trunc", |cx| f1(cx, f64::trunc)),
    ("Round", |cx| f1(cx, f64::round)),
    ("RoundToEven", |cx| f1(cx, f64::round_ties_even)),
    ("Mod", |cx| f2(cx, |x, y| x % y)),
    ("Remainder", |cx| f2(cx, libm::remainder)),
    ("Sqrt", |cx| f1(cx, f64::sqrt)),
    ("Cbrt", |cx| f1(cx, cephes::cbrt)),
    ("Hypot", |cx| f2(cx, cephes::hypot)),
    ("Pow", |cx| f2(cx, pow)),
    ("Pow10", |cx| {
        let n = cx.int();
        cx.ret_f64(pow10(n));
        Flow::Done
    }),
    ("Exp", |cx| f1(cx, cephes::exp)),
    ("Exp2", |cx| f1(cx, cephes::exp2)),
    ("Expm1", |cx| f1(cx, libm::expm1)),
    ("Log", |cx| f1(cx, libm::log)),
    ("Log2", |cx| f1(cx, log2)),
    ("Log10", |cx| {
        f1(cx, |x| libm::log(x) * std::f64::consts::LOG10_E)
    }),
    ("Log1p", |cx| f1(cx, libm::log1p)),
    ("Frexp", |cx| {
        let x = cx.f64();
        let (m, e) = if x == 0.0 || !x.is_finite() {
            (x, 0)
        } else {
            libm::frexp(x)
        };
        cx.ret_f64(m);
        cx.ret_int(i64::from(e));
        Flow::Done
    }),
    ("Ldexp", |cx| {
        let (x, n) = (cx.f64(), cx.int());
        cx.ret_f64(libm::ldexp(x, n.clamp(-10_000, 10_000) as i32));
        Flow::Done
    }),
    ("Sin", |cx| f1(cx, cephes::sin)),
    ("Cos", |cx| f1(cx, cephes::cos)),
    ("Tan", |cx| f1(cx, cephes::tan)),
    ("Asin", |cx| f1(cx, cephes::asin)),
    ("Acos", |cx| f1(cx, cephes::acos)),
    ("Atan", |cx| f1(cx, cephes::atan)),
    ("Atan2", |cx| f2(cx, cephes::atan2)),
    ("Sinh", |cx| f1(cx, cephes::sinh)),
    ("Cosh", |cx| f1(cx, cephes::cosh)),
    ("Tanh", |cx| f1(cx, cephes::tanh)),
    ("Asinh", |cx| f1(cx, libm::asinh)),
    ("Acosh", |cx| f1(cx, libm::acosh)),
    ("Atanh", |cx| f1(cx, libm::atanh)),
    ("Erf", |cx| f1(cx, libm::erf)),
    ("Erfc", |cx| f1(cx, libm::erfc)),
    ("Erfinv", |cx| f1(cx, erfinv)),
    ("Gamma", |cx| f1(cx, cephes::gamma)),
    ("Lgamma", |cx| {
        let x = cx.f64();
        let (v, sign) = match x {
            f64::NEG_INFINITY => (x, 1),
            _ => libm::lgamma_r(x),
        };
        cx.ret_f64(v);
        cx.ret_int(if sign < 0 { -1 } else { 1 });
        Flow::Done
    }),
    ("J0", |cx| f1(cx, libm::j0)),
    ("J1", |cx| f1(cx, libm::j1)),
    ("Jn", |cx| bessel(cx, jn)),
    ("Y0", |cx| f1(cx, libm::y0)),
    ("Y1", |cx| f1(cx, libm::y1)),
    ("Yn", |cx| bessel(cx, libm::yn)),
    ("FMA", |cx| {
        let (x, y, z) = (cx.f64(), cx.f64(), cx.f64());
        cx.ret_f64(x.mul_add(y, z));
        Flow::Done
    }),
];

fn bessel(cx: &mut Cx<'_>, f: fn(i32, f64) -> f64) -> Flow {
    let (n, x) = (cx.int(), cx.f64());
    cx.ret_f64(f(
        n.clamp(i64::from(i32::MIN + 1), i64::from(i32::MAX)) as i32,
        x,
    ));
    Flow::Done
}

/// Zero is positive at the ends, whatever the sign of `n`.
fn jn(n: i32, x: f64) -> f64 {
    match libm::jn(n, x) {
        v if v == 0.0 && (x == 0.0 || x.is_infinite()) => 0.0,
        v => v,
    }
}

/// Exact for powers of two, as Go's.
fn log2(x: f64) -> f64 {
    if x <= 0.0 || !x.is_finite() {
        return libm::log2(x);
    }
    let (m, e) = libm::frexp(x);
    if m == 0.5 {
        f64::from(e - 1)
    } else {
        libm::log(m) * std::f64::consts::LOG2_E + f64::from(e)
    }
}

/// By repeated squaring of the mantissa, as Go does it (libm's result can differ in the last bit).
fn pow(x: f64, y: f64) -> f64 {
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if y == 1.0 {
        return x;
    }
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    if x == 0.0 || x.is_infinite() || y.is_infinite() {
        return libm::pow(x, y);
    }
    if y == 0.5 {
        return x.sqrt();
    }
    if y == -0.5 {
        return 1.0 / x.sqrt();
    }
    let (mut yi, mut yf) = (y.abs().trunc(), y.abs().fract());
    if yf != 0.0 && x < 0.0 {
        return f64::NAN;
    }
    if yi >= 9.223372036854776e18 {
        return match () {
            () if x == -1.0 => 1.0,
            () if (x.abs() < 1.0) == (y > 0.0) => 0.0,
            () => f64::INFINITY,
        };
    }
    let (mut a1, mut ae) = (1.0, 0i64);
    if yf != 0.0 {
        if yf > 0.5 {
            yf -= 1.0;
            yi += 1.0;
        }
        a1 = cephes::exp(yf * libm::log(x));
    }
    let (mut x1, xe) = libm::frexp(x);
    let mut xe = i64::from(xe);
    let mut i = yi as i64;
    while i != 0 {
        if !(-(1 << 12)..=1 << 12).contains(&xe) {
            ae += xe;
            break;
        }
        if i & 1 == 1 {
            a1 *= x1;
            ae += xe;
        }
        x1 *= x1;
        xe <<= 1;
        if x1 < 0.5 {
            x1 += x1;
            xe -= 1;
        }
        i >>= 1;
    }
    if y < 0.0 {
        a1 = 1.0 / a1;
        ae = -ae;
    }
    libm::ldexp(a1, ae.clamp(-10_000, 10_000) as i32)
}

/// A power of 10, as Go makes it of two powers.
fn pow10(n: i64) -> f64 {
    let power = |n: i64| format!("1e{n}").parse().unwrap_or(f64::NAN);
    match n {
        ..-323 => 0.0,
        309.. => f64::INFINITY,
        0.. => power(n / 32 * 32) * power(n % 32),
        _ => power(n / 32 * 32) / power(-n % 32),
    }
}

/// The inverse of erf by Newton's method on a rational first guess (Giles, "Approximating the erfinv function").
fn erfinv(x: f64) -> f64 {
    if x.is_nan() || x.abs() > 1.0 {
        return f64::NAN;
    }
    if x.abs() == 1.0 {
        return x * f64::INFINITY;
    }
    let w = -((1.0 - x) * (1.0 + x)).ln();
    let mut y = x.signum() * {
        let a = 2.0 / (std::f64::consts::PI * 0.147) - w / 2.0;
        ((a * a + w / 0.147).sqrt() - a).sqrt()
    };
    for _ in 0..4 {
        let slope = 2.0 / std::f64::consts::PI.sqrt() * (-y * y).exp();
        if slope == 0.0 {
            break;
        }
        y -= (libm::erf(y) - x) / slope;
    }
    y
}
