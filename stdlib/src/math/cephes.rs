//! Elementary functions by the methods that Go uses, mostly those of the Cephes library, so that results agree to the last bit.
#![allow(clippy::excessive_precision)] // the coefficients as published

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

/// A polynomial, highest coefficient first.
fn poly(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

const SIN: [f64; 6] = [
    1.589_623_015_765_465_680_60e-10,
    -2.505_074_776_285_780_728_66e-8,
    2.755_731_362_138_572_452_13e-6,
    -1.984_126_982_958_953_859_96e-4,
    8.333_333_333_322_118_588_78e-3,
    -1.666_666_666_666_663_072_95e-1,
];

const COS: [f64; 6] = [
    -1.135_853_652_138_768_173_00e-11,
    2.087_570_084_197_473_167_78e-9,
    -2.755_731_417_929_673_881_12e-7,
    2.480_158_728_885_170_453_48e-5,
    -1.388_888_888_887_305_641_16e-3,
    4.166_666_666_666_659_292_18e-2,
];

/// An angle within an eighth of a circle, and in which eighth it lies. `x` is not negative and not too large for the simple way.
fn reduce(x: f64) -> (u64, f64) {
    const PI4A: f64 = 7.853_981_256_484_985_351_56e-1;
    const PI4B: f64 = 3.774_894_707_930_798_176_68e-8;
    const PI4C: f64 = 2.695_151_429_079_059_526_45e-15;
    let mut j = (x * (4.0 / std::f64::consts::PI)) as u64;
    j += j & 1;
    let y = j as f64;
    (j & 7, ((x - y * PI4A) - y * PI4B) - y * PI4C)
}

/// Beyond this the reduction above is too coarse.
const REDUCE_LIMIT: f64 = (1 << 29) as f64;

fn sin_poly(z: f64) -> f64 {
    let zz = z * z;
    z + z * zz * poly(zz, &SIN)
}

fn cos_poly(z: f64) -> f64 {
    let zz = z * z;
    1.0 - 0.5 * zz + zz * zz * poly(zz, &COS)
}

/// Sine.
pub fn sin(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() || x.abs() >= REDUCE_LIMIT {
        return libm::sin(x);
    }
    let (j, z) = reduce(x.abs());
    let y = if matches!(j & 3, 1 | 2) {
        cos_poly(z)
    } else {
        sin_poly(z)
    };
    if (j > 3) != (x < 0.0) { -y } else { y }
}

/// Cosine.
pub fn cos(x: f64) -> f64 {
    if !x.is_finite() || x.abs() >= REDUCE_LIMIT {
        return libm::cos(x);
    }
    let (j, z) = reduce(x.abs());
    let y = if matches!(j & 3, 1 | 2) {
        sin_poly(z)
    } else {
        cos_poly(z)
    };
    if (j > 3) != (j & 3 > 1) { -y } else { y }
}

/// Tangent.
pub fn tan(x: f64) -> f64 {
    const P: [f64; 3] = [
        -1.309_369_391_813_837_342_05e4,
        1.153_516_648_385_874_161_40e6,
        -1.795_652_519_764_848_779_88e7,
    ];
    const Q: [f64; 5] = [
        1.0,
        1.368_129_634_706_929_546_78e4,
        -1.320_892_344_402_109_674_47e6,
        2.500_838_018_233_579_158_39e7,
        -5.386_957_559_294_546_298_81e7,
    ];
    if x == 0.0 || !x.is_finite() || x.abs() >= REDUCE_LIMIT {
        return libm::tan(x);
    }
    let (j, z) = reduce(x.abs());
    let zz = z * z;
    let y = if zz > 1e-14 {
        z + z * (zz * poly(zz, &P) / poly(zz, &Q))
    } else {
        z
    };
    let y = if j & 2 == 2 { -1.0 / y } else { y };
    if x < 0.0 { -y } else { y }
}

/// Arctangent of a number from 0 to 0.66.
fn atan_small(x: f64) -> f64 {
    const P: [f64; 5] = [
        -8.750_608_600_031_904_122_785e-01,
        -1.615_753_718_733_365_076_637e+01,
        -7.500_855_792_314_704_667_340e+01,
        -1.228_866_684_490_136_173_410e+02,
        -6.485_021_904_942_025_371_773e+01,
    ];
    const Q: [f64; 6] = [
        1.0,
        2.485_846_490_142_306_297_962e+01,
        1.650_270_098_316_988_542_046e+02,
        4.328_810_604_912_902_668_951e+02,
        4.853_903_996_359_136_964_868e+02,
        1.945_506_571_482_613_964_425e+02,
    ];
    let z = x * x;
    let z = z * poly(z, &P) / poly(z, &Q);
    x * z + x
}

fn atan_positive(x: f64) -> f64 {
    const MORE_BITS: f64 = 6.123_233_995_736_765_886_130e-17;
    const TAN_3PI8: f64 = 2.414_213_562_373_095_048_80;
    if x <= 0.66 {
        atan_small(x)
    } else if x > TAN_3PI8 {
        FRAC_PI_2 - atan_small(1.0 / x) + MORE_BITS
    } else {
        FRAC_PI_4 + atan_small((x - 1.0) / (x + 1.0)) + 0.5 * MORE_BITS
    }
}

/// Arctangent.
pub fn atan(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() {
        return x;
    }
    if x > 0.0 {
        atan_positive(x)
    } else {
        -atan_positive(-x)
    }
}

/// Arcsine.
pub fn asin(x: f64) -> f64 {
    let v = x.abs();
    if x == 0.0 {
        return x;
    }
    if v > 1.0 || x.is_nan() {
        return f64::NAN;
    }
    let rest = (1.0 - v * v).sqrt();
    let y = if v > 0.7 {
        FRAC_PI_2 - atan_positive(rest / v)
    } else {
        atan_positive(v / rest)
    };
    if x < 0.0 { -y } else { y }
}

/// Arccosine.
pub fn acos(x: f64) -> f64 {
    FRAC_PI_2 - asin(x)
}

/// The angle of the point (x, y).
pub fn atan2(y: f64, x: f64) -> f64 {
    if x == 0.0 || y == 0.0 || !x.is_finite() || !y.is_finite() {
        return libm::atan2(y, x);
    }
    let q = atan(y / x);
    if x < 0.0 {
        return if q <= 0.0 {
            q + std::f64::consts::PI
        } else {
            q - std::f64::consts::PI
        };
    }
    q
}

/// e to the power of x: the argument, reduced to a sixteenth, goes into a Taylor series, whose result is squared four times.
pub fn exp(x: f64) -> f64 {
    const LN2_HIGH: f64 = 0.693_147_180_559_662_956_511_601_805_686_950_683_593_75;
    const LN2_LOW: f64 = 0.282_352_905_630_315_771_225_884_481_750_134_360_255_254_120_68e-12;
    const OVERFLOW: f64 = 7.097_827_128_933_84e+02;
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x > OVERFLOW {
        return f64::INFINITY;
    }
    if x < -7.451_332_191_019_412e+02 {
        return 0.0;
    }
    let k = (x * std::f64::consts::LOG2_E).round_ties_even();
    let r = k.mul_add(-LN2_LOW, k.mul_add(-LN2_HIGH, x)) * 0.0625;
    let mut y: f64 = 2.480_158_730_158_730_158_7e-5;
    for c in [
        1.984_126_984_126_984_127_0e-4,
        1.388_888_888_888_888_888_9e-3,
        8.333_333_333_333_333_333_3e-3,
        4.166_666_666_666_666_666_7e-2,
        1.666_666_666_666_666_666_7e-1,
        0.5,
        1.0,
    ] {
        y = y.mul_add(r, c);
    }
    let mut s = r * y;
    for _ in 0..3 {
        s *= s + 2.0;
    }
    libm::ldexp((s + 2.0).mul_add(s, 1.0), k as i32)
}

/// 2 to the power of x: by a rational approximation of e to the power of the fraction times ln 2.
pub fn exp2(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238_164_90e-01;
    const LN2_LOW: f64 = 1.908_214_929_270_587_700_02e-10;
    const P: [f64; 5] = [
        4.138_136_797_057_238_460_39e-08,
        -1.653_390_220_546_525_153_90e-06,
        6.613_756_321_437_934_361_17e-05,
        -2.777_777_777_701_559_338_42e-03,
        1.666_666_666_666_666_574_15e-01,
    ];
    if x.is_nan() {
        return x;
    }
    if x > 1.023_999_999_999_999_9e+03 {
        return f64::INFINITY;
    }
    if x < -1.074e+03 {
        return 0.0;
    }
    let k = (x + 0.5f64.copysign(x)).trunc();
    let t = x - k;
    let (high, low) = (t * LN2_HIGH, -t * LN2_LOW);
    let r = high - low;
    let t = r * r;
    let c = r - t * poly(t, &P);
    libm::ldexp(1.0 - ((low - (r * c) / (2.0 - c)) - high), k as i32)
}

/// The cube root: a guess from the bits, a rational step to 23 bits, a Newton step to 53.
pub fn cbrt(x: f64) -> f64 {
    const THIRD: u64 = 715_094_163 << 32; // (682 - 0.03306235651) × 2⁵²
    const SUBNORMAL_THIRD: u64 = 696_219_795 << 32; // (664 - 0.03306235651) × 2⁵²
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let v = x.abs();
    let guess = if v < f64::MIN_POSITIVE {
        f64::from_bits(((1u64 << 54) as f64 * v).to_bits() / 3 + SUBNORMAL_THIRD)
    } else {
        f64::from_bits(v.to_bits() / 3 + THIRD)
    };
    let s = 19.0 / 35.0 + guess * guess / v * guess;
    let t = guess * (5.0 / 14.0 + (45.0 / 28.0) / (s + 99.0 / 70.0 + (-864.0 / 1225.0) / s));
    // To 22 bits, and larger than the root.
    let t = f64::from_bits((t.to_bits() & (0xF_FFFF_FFFC << 28)) + (1 << 30));
    let r = v / (t * t);
    let r = (r - t) / (t + t + r);
    (t + t * r).copysign(x)
}

/// Hyperbolic sine.
pub fn sinh(x: f64) -> f64 {
    const P: [f64; 4] = [
        -0.263_056_321_339_749_706_281_948_9e+2,
        -0.289_421_135_598_956_380_728_466_036_6e+4,
        -0.899_127_202_203_950_935_539_801_351_1e+5,
        -0.630_767_364_049_771_699_118_478_725_1e+6,
    ];
    const Q: [f64; 4] = [
        1.0,
        -0.173_678_953_558_233_699_533_450_911e+3,
        0.152_151_737_879_001_907_069_648_517_6e+5,
        -0.630_767_364_049_771_699_121_207_727_7e+6,
    ];
    let v = x.abs();
    let y = if v > 21.0 {
        exp(v) * 0.5
    } else if v > 0.5 {
        let e = exp(v);
        (e - 1.0 / e) * 0.5
    } else {
        let sq = v * v;
        poly(sq, &P) * v / poly(sq, &Q)
    };
    y.copysign(x)
}

/// The length of the hypotenuse.
pub fn hypot(p: f64, q: f64) -> f64 {
    if p.is_infinite() || q.is_infinite() {
        return f64::INFINITY;
    }
    let (long, short) = (p.abs().max(q.abs()), p.abs().min(q.abs()));
    if p.is_nan() || q.is_nan() {
        f64::NAN
    } else if long == 0.0 {
        0.0
    } else {
        let ratio = short / long;
        long * (1.0 + ratio * ratio).sqrt()
    }
}

/// Hyperbolic cosine.
pub fn cosh(x: f64) -> f64 {
    let v = x.abs();
    if v > 21.0 {
        return exp(v) * 0.5;
    }
    let e = exp(v);
    (e + 1.0 / e) * 0.5
}

/// Hyperbolic tangent.
pub fn tanh(x: f64) -> f64 {
    const P: [f64; 3] = [
        -9.643_991_794_250_522_386_28e-1,
        -9.928_772_310_019_185_865_64e1,
        -1.614_687_684_417_084_479_52e3,
    ];
    const Q: [f64; 4] = [
        1.0,
        1.128_116_784_916_329_314_02e2,
        2.235_488_390_601_004_485_83e3,
        4.844_063_053_251_254_860_48e3,
    ];
    const MAX_LOG: f64 = 8.802_969_193_111_305_429_598_8e+01;
    let v = x.abs();
    if v > 0.5 * MAX_LOG {
        return 1f64.copysign(x);
    }
    if v >= 0.625 {
        let s = exp(2.0 * v);
        return (1.0 - 2.0 / (s + 1.0)).copysign(x);
    }
    if x == 0.0 || x.is_nan() {
        return x;
    }
    let s = x * x;
    x + x * s * poly(s, &P) / poly(s, &Q)
}

/// Stirling's formula for the Gamma function, as two factors, of which the product may overflow.
fn stirling(x: f64) -> (f64, f64) {
    const S: [f64; 5] = [
        7.873_113_957_930_936_283_97e-4,
        -2.295_499_616_133_781_263_80e-4,
        -2.681_326_178_057_812_328_25e-3,
        3.472_222_216_054_586_673_10e-3,
        8.333_333_333_334_822_571_26e-2,
    ];
    const SQRT_2PI: f64 = 2.506_628_274_631_000_502_417;
    if x > 200.0 {
        return (f64::INFINITY, 1.0);
    }
    let w = 1.0 + poly(1.0 / x, &S) / x;
    let e = exp(x);
    if x > 143.01608 {
        let v = super::pow(x, 0.5 * x - 0.25);
        return (v, SQRT_2PI * w * (v / e));
    }
    (super::pow(x, x - 0.5) / e, SQRT_2PI * w)
}

/// The Gamma function: reduced to the numbers from 2 to 3 and a rational approximation there, or by Stirling's formula.
pub fn gamma(mut x: f64) -> f64 {
    const P: [f64; 7] = [
        1.601_195_224_767_518_614_07e-04,
        1.191_351_470_065_863_849_13e-03,
        1.042_137_975_617_615_699_35e-02,
        4.763_678_004_571_372_314_64e-02,
        2.074_482_276_484_359_751_50e-01,
        4.942_148_268_014_971_007_53e-01,
        9.999_999_999_999_999_967_96e-01,
    ];
    const Q: [f64; 8] = [
        -2.315_818_733_241_201_298_19e-05,
        5.396_055_804_933_033_978_42e-04,
        -4.456_419_138_517_972_404_94e-03,
        1.181_397_852_220_604_355_52e-02,
        3.582_363_986_054_986_533_73e-02,
        -2.345_917_957_182_433_485_68e-01,
        7.143_049_170_302_730_740_85e-02,
        1.000_000_000_000_000_003_20e+00,
    ];
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x == f64::NEG_INFINITY || x < 0.0 && x.fract() == 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::INFINITY.copysign(x);
    }
    if x.abs() > 33.0 {
        return gamma_large(x);
    }
    let mut z = 1.0;
    while x >= 3.0 {
        x -= 1.0;
        z *= x;
    }
    while x < 2.0 {
        if x.abs() < 1e-9 {
            const EULER: f64 = 0.577_215_664_901_532_860_606_512_090_082_402_431;
            return if x == 0.0 {
                f64::INFINITY
            } else {
                z / ((1.0 + EULER * x) * x)
            };
        }
        z /= x;
        x += 1.0;
    }
    if x == 2.0 {
        return z;
    }
    x -= 2.0;
    z * poly(x, &P) / poly(x, &Q)
}

fn gamma_large(x: f64) -> f64 {
    use std::f64::consts::PI;
    let q = x.abs();
    let (y1, y2) = stirling(q);
    if x > 0.0 {
        return y1 * y2;
    }
    let mut p = q.floor();
    let sign = if p % 2.0 == 0.0 { -1.0 } else { 1.0 };
    if q - p > 0.5 {
        p += 1.0;
    }
    let z = (q * sin(PI * (q - p))).abs();
    if z == 0.0 {
        return f64::INFINITY * sign;
    }
    let d = z * y1 * y2;
    sign * if d.is_infinite() {
        PI / z / y1 / y2
    } else {
        PI / d
    }
}
