//! How the runtime itself prints numbers and panic values.
//!
//! Invariants: floats print as strconv.FormatFloat(x, 'g', -1, 64) does, as Go 1.27 does it.

use crate::native::Iface;
use crate::rtype::Kind;
use crate::vm::Vm;

/// Texts of values as Go's runtime prints them.
pub(crate) struct Printed;

impl Printed {
    /// A float: shortest digits that read back, exponent form below 1e-4 and from 1e6 on.
    pub(crate) fn float(x: f64) -> String {
        Self::general(x, &format!("{x:e}"), || x.to_string())
    }

    /// A float32, likewise.
    pub(crate) fn float32(x: f32) -> String {
        Self::general(f64::from(x), &format!("{x:e}"), || x.to_string())
    }

    fn general(x: f64, shortest: &str, plain: impl FnOnce() -> String) -> String {
        if x.is_nan() {
            return "NaN".to_string();
        }
        if x.is_infinite() {
            return if x > 0.0 { "+Inf" } else { "-Inf" }.to_string();
        }
        let (mantissa, exp) = shortest.split_once('e').unwrap_or((shortest, "0"));
        let exp: i32 = exp.parse().unwrap_or(0);
        if !(-4..6).contains(&exp) {
            let sign = if exp < 0 { '-' } else { '+' };
            return format!("{mantissa}e{sign}{:02}", exp.abs());
        }
        plain()
    }

    /// A complex number.
    pub(crate) fn complex(re: f64, im: f64) -> String {
        Self::pair(&Self::float(re), &Self::float(im))
    }

    /// A complex64 number.
    pub(crate) fn complex64(re: f32, im: f32) -> String {
        Self::pair(&Self::float32(re), &Self::float32(im))
    }

    fn pair(re_text: &str, im_text: &str) -> String {
        let plus = if im_text.starts_with(['+', '-']) {
            ""
        } else {
            "+"
        };
        format!("({re_text}{plus}{im_text}i)")
    }

    /// Text with line breaks indented, as panic messages have it.
    fn indented(text: &[u8]) -> Vec<u8> {
        text.iter()
            .flat_map(|&b| {
                if b == b'\n' {
                    vec![b'\n', b'\t']
                } else {
                    vec![b]
                }
            })
            .collect()
    }
}

impl Vm {
    /// A panic value as an uncaught panic prints it; `text` is what its Error or String method gave.
    pub(crate) fn panic_text(&self, v: Iface, text: Option<Vec<u8>>) -> Vec<u8> {
        if let Some(text) = text {
            return Printed::indented(&text);
        }
        if v.is_nil() {
            return b"nil".to_vec();
        }
        let t = self.rtype(v.ty);
        let plain = match t.kind {
            Kind::Bool => if v.data != 0 { "true" } else { "false" }
                .as_bytes()
                .to_vec(),
            Kind::Int | Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => {
                (v.data as i64).to_string().into_bytes()
            }
            Kind::Uint
            | Kind::Uint8
            | Kind::Uint16
            | Kind::Uint32
            | Kind::Uint64
            | Kind::Uintptr => v.data.to_string().into_bytes(),
            Kind::Float32 => Printed::float32(f32::from_bits(v.data as u32)).into_bytes(),
            Kind::Float64 => Printed::float(f64::from_bits(v.data)).into_bytes(),
            Kind::Complex64 => {
                let (re, im) = (
                    f32::from_bits(v.data as u32),
                    f32::from_bits((v.data >> 32) as u32),
                );
                Printed::complex(f64::from(re), f64::from(im)).into_bytes()
            }
            Kind::Complex128 => {
                // SAFETY: the data word of a complex128 points to two floats.
                let (re, im) = unsafe { *(v.data as *const (f64, f64)) };
                Printed::complex(re, im).into_bytes()
            }
            Kind::String => {
                // SAFETY: the data word of a string points to its address and length.
                Printed::indented(unsafe { super::strings::get(v.data as *const u64) })
            }
            _ => return format!("({}) {:#x}", t.name, v.data).into_bytes(),
        };
        if t.short_name.is_empty() || t.pkg.is_empty() {
            return plain;
        }
        if matches!(t.kind, Kind::Complex64 | Kind::Complex128) {
            return [t.name.as_bytes(), &plain].concat();
        }
        let quote: &[u8] = if t.kind == Kind::String { b"\"" } else { b"" };
        [t.name.as_bytes(), b"(", quote, &plain, quote, b")"].concat()
    }
}
