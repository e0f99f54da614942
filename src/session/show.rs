//! Values in Go syntax.
//!
//! Invariants: what is shown looks at memory and runs no Go code; cycles and long values are cut, so that the time taken is bounded.

use std::fmt::Write;
use vm::rtype::{Kind, RType};
use vm::value::Value;

/// How much of a value is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Elements of an array, slice, map.
    pub elems: usize,
    /// Bytes of a string.
    pub bytes: usize,
    /// Bytes of the whole.
    pub total: usize,
    /// Values inside values.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            elems: 32,
            bytes: 400,
            total: 1600,
            depth: 6,
        }
    }
}

impl Limits {
    /// Everything, but for cycles.
    pub const ALL: Limits = Limits {
        elems: usize::MAX,
        bytes: usize::MAX,
        total: 64 << 20,
        depth: 64,
    };
}

/// A value in Go syntax, and whether something is left out.
pub fn go_syntax(v: &Value<'_>, limits: Limits) -> (String, bool) {
    let mut p = Printer {
        out: String::new(),
        limits,
        cut: false,
        path: Vec::new(),
    };
    p.value(v, 0, false);
    (p.out, p.cut)
}

/// A value whose type is known to the reader, in Go syntax, and whether something is left out.
pub fn plain_value(v: &Value<'_>, limits: Limits) -> (String, bool) {
    let mut p = Printer {
        out: String::new(),
        limits,
        cut: false,
        path: Vec::new(),
    };
    p.value(v, 0, v.kind() != Kind::Interface);
    (p.out, p.cut)
}

/// A type's name as the session's user writes it.
pub fn type_name(t: &RType) -> String {
    t.name
        .replace("main.", "")
        .replace("interface {}", "any")
        .replace("uint8", "byte")
}

struct Printer {
    out: String,
    limits: Limits,
    cut: bool,
    /// The pointers being followed.
    path: Vec<u64>,
}

impl Printer {
    /// `typed`: whether the surroundings tell the type.
    fn value(&mut self, v: &Value<'_>, depth: usize, typed: bool) {
        if self.out.len() > self.limits.total || depth > self.limits.depth {
            return self.ellipsis();
        }
        let basic = v.rtype().pkg.is_empty();
        match v.kind() {
            Kind::Bool => self.scalar(v, typed || basic, &v.as_bool().to_string()),
            Kind::Int => self.scalar(v, typed || basic, &v.as_i64().to_string()),
            Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => {
                self.scalar(v, typed || depth == 0 && basic, &v.as_i64().to_string())
            }
            Kind::Uint
            | Kind::Uint8
            | Kind::Uint16
            | Kind::Uint32
            | Kind::Uint64
            | Kind::Uintptr => {
                self.scalar(v, typed || depth == 0 && basic, &v.as_u64().to_string())
            }
            Kind::Float32 | Kind::Float64 => {
                let plain = v.kind() == Kind::Float64 || depth == 0;
                self.scalar(v, typed || plain && basic, &float(v.as_f64(), v.kind()))
            }
            Kind::Complex64 | Kind::Complex128 => self.complex(v, typed || basic),
            Kind::String => self.string(v, typed || basic),
            Kind::Struct => self.structure(v, depth),
            Kind::Array | Kind::Slice => self.list(v, depth),
            Kind::Map => self.map(v, depth),
            Kind::Interface => match v.elem() {
                Some(held) => self.value(&held, depth, false),
                None => self.out.push_str("nil"),
            },
            Kind::Pointer => self.pointer(v, depth, typed),
            Kind::Chan | Kind::Func | Kind::UnsafePointer => self.address(v, typed),
            Kind::Invalid => self.out.push_str("nil"),
        }
    }

    fn scalar(&mut self, v: &Value<'_>, bare: bool, text: &str) {
        if bare {
            self.out.push_str(text);
        } else {
            let _ = write!(self.out, "{}({text})", type_name(v.rtype()));
        }
    }

    fn complex(&mut self, v: &Value<'_>, bare: bool) {
        let (re, im) = v.as_complex();
        let part = |x: f64| match v.kind() {
            Kind::Complex64 => float(x, Kind::Float32),
            _ => float(x, Kind::Float64),
        };
        let sign = if im.is_sign_negative() { "" } else { "+" };
        self.scalar(v, bare, &format!("({}{sign}{}i)", part(re), part(im)));
    }

    fn string(&mut self, v: &Value<'_>, bare: bool) {
        let all = v.as_bytes();
        let mut shown = &all[..all.len().min(self.limits.bytes)];
        if shown.len() < all.len() {
            // Not in the middle of a character.
            let end = (0..4)
                .map(|k| shown.len() - k)
                .find(|&e| all.get(e).is_none_or(|b| b & 0xC0 != 0x80));
            shown = &shown[..end.unwrap_or(shown.len())];
        }
        let mut text = quote(shown);
        if shown.len() < all.len() {
            self.cut = true;
            let _ = write!(text, "… ({} bytes)", all.len());
        }
        self.scalar(v, bare, &text);
    }

    fn structure(&mut self, v: &Value<'_>, depth: usize) {
        self.out.push_str(&type_name(v.rtype()));
        self.out.push('{');
        for i in 0..v.num_fields() {
            let (Some(field), Some(part)) = (v.field_type(i), v.field(i)) else {
                continue;
            };
            self.comma(i);
            let _ = write!(self.out, "{}: ", field.name);
            self.value(&part, depth + 1, part.kind() != Kind::Interface);
        }
        self.out.push('}');
    }

    fn list(&mut self, v: &Value<'_>, depth: usize) {
        let name = type_name(v.rtype());
        if v.kind() == Kind::Slice && v.is_nil() {
            let _ = write!(self.out, "{name}(nil)");
            return;
        }
        self.out.push_str(&name);
        self.out.push('{');
        for i in 0..v.len() {
            self.comma(i);
            if self.enough(i, v.len()) {
                break;
            }
            let Some(part) = v.index(i) else { break };
            self.value(&part, depth + 1, part.kind() != Kind::Interface);
        }
        self.out.push('}');
    }

    fn map(&mut self, v: &Value<'_>, depth: usize) {
        let name = type_name(v.rtype());
        if v.is_nil() {
            let _ = write!(self.out, "{name}(nil)");
            return;
        }
        self.out.push_str(&name);
        self.out.push('{');
        for (i, (key, value)) in v.map_sorted().into_iter().enumerate() {
            self.comma(i);
            if self.enough(i, v.len()) {
                break;
            }
            self.value(&key, depth + 1, key.kind() != Kind::Interface);
            self.out.push_str(": ");
            self.value(&value, depth + 1, value.kind() != Kind::Interface);
        }
        self.out.push('}');
    }

    fn pointer(&mut self, v: &Value<'_>, depth: usize, typed: bool) {
        let to = v.pointer();
        match v.elem() {
            Some(held) if is_composite(held.kind()) && !self.path.contains(&to) => {
                self.path.push(to);
                self.out.push('&');
                self.value(&held, depth + 1, false);
                self.path.pop();
            }
            _ => self.address(v, typed),
        }
    }

    fn address(&mut self, v: &Value<'_>, typed: bool) {
        let to = match v.pointer() {
            0 => "nil".to_string(),
            at => format!("{at:#x}"),
        };
        if typed {
            self.out.push_str(&to);
        } else {
            let _ = write!(self.out, "({})({to})", type_name(v.rtype()));
        }
    }

    fn comma(&mut self, i: usize) {
        if i > 0 {
            self.out.push_str(", ");
        }
    }

    /// Whether the rest of `n` elements from the `i`th on is left out.
    fn enough(&mut self, i: usize, n: usize) -> bool {
        let enough = i >= self.limits.elems || self.out.len() > self.limits.total;
        if enough {
            self.cut = true;
            let _ = write!(self.out, "… ({} more)", n - i);
        }
        enough
    }

    fn ellipsis(&mut self) {
        self.cut = true;
        self.out.push('…');
    }
}

fn is_composite(k: Kind) -> bool {
    matches!(k, Kind::Struct | Kind::Array | Kind::Slice | Kind::Map)
}

/// A float as Go's `%v` with a fraction or exponent, so that it reads as a float.
fn float(x: f64, kind: Kind) -> String {
    if x.is_nan() {
        return "NaN".into();
    }
    if x.is_infinite() {
        return if x > 0.0 {
            "+Inf".into()
        } else {
            "-Inf".into()
        };
    }
    let exp = if x == 0.0 {
        0.0
    } else {
        x.abs().log10().floor()
    };
    let plain = (-4.0..21.0).contains(&exp);
    match (kind, plain) {
        (Kind::Float32, true) => format!("{}", x as f32),
        (Kind::Float32, false) => format!("{:e}", x as f32),
        (_, true) => format!("{x}"),
        (_, false) => format!("{x:e}"),
    }
}

/// A string literal.
fn quote(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                '\r' => out.push_str("\\r"),
                c if c.is_control() => {
                    let n = c as u32;
                    let _ = if n < 0x80 {
                        write!(out, "\\x{n:02x}")
                    } else {
                        write!(out, "\\u{n:04x}")
                    };
                }
                c => out.push(c),
            }
        }
        for b in chunk.invalid() {
            let _ = write!(out, "\\x{b:02x}");
        }
    }
    out.push('"');
    out
}
