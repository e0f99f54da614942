//! Expressions of basic types.

use crate::gen_state::{E, Gen};
use crate::types::*;

impl Gen {
    /// An integer expression.
    pub fn int_expr(&mut self, t: T, d: u32) -> E {
        match self.r.below(30) {
            0..=9 => {
                let op = self.r.pick(&["+", "-", "*", "&", "|", "^", "&^", "+", "-"]);
                let (a, b) = (self.expr(t, d - 1), self.expr(t, d - 1));
                self.int_binary(t, op, a, b)
            }
            10..=12 => self.division(t, d),
            13..=15 => self.shift(t, d),
            16..=17 => {
                let op = self.r.pick(&["-", "^"]);
                let e = self.expr(t, d - 1);
                let e = self.unconst(e);
                self.unary(op, e)
            }
            18..=21 => self.int_conversion(t, d),
            22 => self.min_max(t, d),
            23 => self.literal_call(t, d),
            24 => E::new(format!(
                "{}[{}]({})",
                self.need("as"),
                self.tn(t),
                self.expr(ANY, d - 1).s
            )),
            _ => self.int_from(t, d),
        }
    }

    /// A quotient or remainder whose divisor cannot be zero.
    fn division(&mut self, t: T, d: u32) -> E {
        let op = if self.r.chance(50) { "/" } else { "%" };
        let a = self.expr(t, d - 1);
        let b = self.expr(t, d - 1);
        let b = match b.cv {
            Some(0) => E::int(self.int_text(t, 3), 3),
            Some(_) => b,
            None => self.binary("|", b, E::int("1", 1)),
        };
        self.int_binary(t, op, a, b)
    }

    /// A shift by a constant, by a masked signed count or by any unsigned count.
    fn shift(&mut self, t: T, d: u32) -> E {
        let op = if self.r.chance(55) { "<<" } else { ">>" };
        let a = self.expr(t, d - 1);
        if self.r.chance(40) {
            let n = self.r.below(70);
            let n = if self.r.chance(70) { n % 20 } else { n };
            return self.int_binary(t, op, a, E::int(n.to_string(), n as i128));
        }
        let a = self.unconst(a);
        let ct = self.int_type();
        let count = self.expr(ct, d - 1);
        let signed = matches!(self.kind(ct), Kind::Int { signed: true, .. });
        let count = self.unconst(count);
        let count = if signed || self.r.chance(60) {
            let mask = self.r.pick(&["7", "15", "31", "63", "127"]);
            self.binary("&", count, E::int(mask, 1))
        } else {
            count
        };
        self.binary(
            op,
            a,
            E {
                k: false,
                cv: None,
                ..count
            },
        )
    }

    /// A conversion from another number.
    fn int_conversion(&mut self, t: T, d: u32) -> E {
        if self.on("float") && self.r.chance(15) {
            let f = self.r.pick(&[F32, F64]);
            let e = self.expr(f, d - 1);
            return E::new(format!(
                "{}({}({}))",
                self.ty.conv(t),
                self.need("f2i"),
                e.s
            ));
        }
        let from = self.int_type();
        let e = self.expr(from, d - 1);
        let name = self.ty.conv(t);
        match e.cv {
            Some(v) if self.ty.fits(t, v) => E::int(format!("{name}({})", e.s), v),
            _ => {
                let e = self.unconst(e);
                E::new(format!("{name}({})", e.s))
            }
        }
    }

    /// An `int` (or byte) computed from something else, converted to `t`.
    fn int_from(&mut self, t: T, d: u32) -> E {
        let text = match self.r.below(8) {
            0 => format!("{}({})", self.need("b2i"), self.expr(BOOL, d - 1).s),
            1 | 2 => {
                let s = self.some_type(STR, |ty, t| {
                    matches!(ty.all[t].kind, Kind::Slice(_) | Kind::Map(..) | Kind::Str)
                });
                let e = self.expr(s, d - 1);
                let e = self.unconst(e);
                format!("len({})", e.s)
            }
            3 => format!(
                "{}({}, {})",
                self.need("chr"),
                self.expr(STR, d - 1).s,
                self.expr(INT, 0).s
            ),
            4 => {
                self.import("strings");
                let f = self
                    .r
                    .pick(&["Index", "Count", "LastIndex", "Compare", "IndexAny"]);
                format!(
                    "strings.{f}({}, {})",
                    self.expr(STR, d - 1).s,
                    self.expr(STR, 0).s
                )
            }
            5 if self.on("complex") => format!("{}(real({}))", self.need("f2i"), {
                let e = self.expr(COMPLEX, d - 1);
                self.unconst(e).s
            }),
            _ => match self.linear_read() {
                Some(text) => text,
                None => return self.leaf(t),
            },
        };
        E::new(format!("{}({text})", self.ty.conv(t)))
    }

    /// `len` of a linear slice or of an array variable.
    fn linear_read(&mut self) -> Option<String> {
        let fit = self.visible(|v| v.linear);
        if fit.is_empty() {
            return None;
        }
        let i = self.r.pick(&fit);
        Some(format!("len({})", self.use_var(i)))
    }

    /// A float expression.
    pub fn float_expr(&mut self, t: T, d: u32) -> E {
        let other = if t == F32 { F64 } else { F32 };
        match self.r.below(14) {
            0..=6 => {
                let op = self.r.pick(&["+", "-", "*", "/", "+"]);
                let (a, b) = (self.expr(t, d - 1), self.expr(t, d - 1));
                let a = if b.k { self.unconst(a) } else { a };
                self.binary(op, a, b)
            }
            7 => {
                let e = self.expr(t, d - 1);
                self.unary("-", e)
            }
            8 | 9 => {
                let from = self.int_type();
                let e = self.expr(from, d - 1);
                let e = self.unconst(e);
                E::new(format!("{}({})", self.ty.conv(t), e.s))
            }
            10 => {
                let e = self.expr(other, d - 1);
                let e = self.unconst(e);
                E::new(format!("{}({})", self.ty.conv(t), e.s))
            }
            11 => self.min_max(t, d),
            12 => {
                self.import("math");
                let f = self
                    .r
                    .pick(&["Sqrt", "Floor", "Ceil", "Abs", "Trunc", "Round"]);
                E::new(format!(
                    "{}(math.{f}(float64({})))",
                    self.ty.conv(t),
                    self.expr(t, d - 1).s
                ))
            }
            _ => self.literal_call(t, d),
        }
    }

    /// A complex expression.
    pub fn complex_expr(&mut self, d: u32) -> E {
        if self.r.chance(40) {
            let (a, b) = (self.expr(F64, d - 1), self.expr(F64, d - 1));
            let a = self.unconst(a);
            return E::new(format!("complex({}, {})", a.s, b.s));
        }
        let op = self.r.pick(&["+", "-", "*"]);
        let (a, b) = (self.expr(COMPLEX, d - 1), self.expr(COMPLEX, d - 1));
        let a = self.unconst(a);
        self.binary(op, a, b)
    }

    /// A boolean expression.
    pub fn bool_expr(&mut self, t: T, d: u32) -> E {
        match self.r.below(16) {
            0..=4 => {
                let x = self.some_type(INT, |ty, t| ty.ordered(t));
                let op = self.r.pick(&["<", "<=", ">", ">=", "==", "!="]);
                self.compare(op, x, d)
            }
            5 | 6 => {
                let x = self.some_type(INT, |ty, t| {
                    ty.comparable(t) && !matches!(ty.all[t].kind, Kind::Ptr(_))
                });
                let op = self.r.pick(&["==", "!="]);
                self.compare(op, x, d)
            }
            7..=9 => {
                let op = self.r.pick(&["&&", "||"]);
                let (a, b) = (self.expr(t, d - 1), self.expr(t, d - 1));
                self.binary(op, a, b)
            }
            10 | 11 => {
                let e = self.expr(t, d - 1);
                self.unary("!", e)
            }
            12 => {
                let x = self.some_type(ANY, |ty, t| {
                    matches!(
                        ty.all[t].kind,
                        Kind::Ptr(_) | Kind::Map(..) | Kind::Slice(_) | Kind::Any | Kind::Func(..)
                    )
                });
                let i = self.visible(|v| v.ty == x && !v.linear);
                if i.is_empty() {
                    return self.leaf(t);
                }
                let i = self.r.pick(&i);
                let (name, op) = (self.use_var(i), self.r.pick(&["==", "!="]));
                E {
                    p: 3,
                    ..E::new(format!("{name} {op} nil"))
                }
            }
            13 => {
                self.import("strings");
                let f = self
                    .r
                    .pick(&["Contains", "HasPrefix", "HasSuffix", "EqualFold"]);
                E::new(format!(
                    "strings.{f}({}, {})",
                    self.expr(STR, d - 1).s,
                    self.expr(STR, d - 1).s
                ))
            }
            14 => {
                let x = self.some_type(INT, |ty, t| ty.is_basic(t));
                E::new(format!(
                    "{}[{}]({})",
                    self.need("is"),
                    self.tn(x),
                    self.expr(ANY, d - 1).s
                ))
            }
            _ => self.membership(d),
        }
    }

    fn membership(&mut self, d: u32) -> E {
        let m = self.some_type(BOOL, |ty, t| matches!(ty.all[t].kind, Kind::Map(..)));
        let Kind::Map(k, _) = self.kind(m) else {
            return self.leaf(BOOL);
        };
        let (e, key) = (self.expr(m, d - 1), self.expr(k, 0));
        E::new(format!("{}({}, {})", self.need("has"), e.s, key.s))
    }

    /// A comparison of two values of type `x`.
    pub fn compare(&mut self, op: &str, x: T, d: u32) -> E {
        let (a, b) = (self.typed(x, d - 1), self.typed(x, d - 1));
        let a = if a.k && b.k { self.unconst(a) } else { a };
        let e = self.binary(op, a, b);
        E { k: false, ..e }
    }

    /// A string expression.
    pub fn string_expr(&mut self, t: T, d: u32) -> E {
        let name = self.ty.conv(t);
        match self.r.below(16) {
            0..=3 => {
                let (a, b) = (self.expr(t, d - 1), self.expr(t, d - 1));
                self.binary("+", a, b)
            }
            4 | 5 => {
                let (a, i, j) = (
                    self.expr(t, d - 1),
                    self.expr(INT, d - 1),
                    self.expr(INT, 0),
                );
                E::new(format!("{}({}, {}, {})", self.need("sub"), a.s, i.s, j.s))
            }
            6 => {
                self.import("strconv");
                E::new(format!("{name}(strconv.Itoa({}))", self.expr(INT, d - 1).s))
            }
            7 => {
                self.import("strconv");
                E::new(format!(
                    "{name}(strconv.Quote({}))",
                    self.expr(STR, d - 1).s
                ))
            }
            8 | 9 => {
                self.import("strings");
                let f = self.r.pick(&[
                    "ToUpper",
                    "ToLower",
                    "TrimSpace",
                    "Title1",
                    "Repeat",
                    "Replace",
                    "Trim",
                ]);
                let a = self.expr(STR, d - 1).s;
                let call = match f {
                    "Title1" => format!("strings.TrimLeft({a}, \"ab \")"),
                    "Repeat" => format!("strings.Repeat({a}, {})", self.r.below(4)),
                    "Replace" => {
                        let (from, n) = (self.expr(STR, 0).s, self.r.below(4) as i64 - 1);
                        format!(
                            "{}(strings.Replace({a}, {from}, {}, {n}))",
                            self.need("clip"),
                            self.expr(STR, 0).s
                        )
                    }
                    "Trim" => format!("strings.Trim({a}, {})", self.expr(STR, 0).s),
                    f => format!("strings.{f}({a})"),
                };
                E::new(format!("{name}({call})"))
            }
            10 => {
                let x = self.r.pick(&[INT32, UINT8]);
                let e = self.expr(x, d - 1);
                E::new(format!("{name}(rune({}))", self.unconst(e).s))
            }
            11..=13 => {
                let text = self.sprintf(d);
                E::new(if t == STR {
                    text
                } else {
                    format!("{name}({text})")
                })
            }
            14 => self.literal_call(t, d),
            _ => {
                let b = self.r.pick(&[UINT8, INT32]);
                let b = self.ty.slice(b);
                let e = self.expr(b, d - 1);
                E::new(format!("{name}({})", e.s))
            }
        }
    }

    /// An expression over a type parameter.
    pub fn param_expr(&mut self, t: T, int: bool, d: u32) -> E {
        let name = self.tn(t);
        match self.r.below(10) {
            0..=5 => {
                let op = if int {
                    self.r.pick(&["+", "-", "*", "&", "|", "^", "%", "/"])
                } else {
                    self.r.pick(&["+", "-", "*"])
                };
                let (a, mut b) = (self.expr(t, d - 1), self.expr(t, d - 1));
                if op == "%" || op == "/" {
                    b = self.binary("|", b, E::new("1"));
                }
                self.binary(op, a, b)
            }
            6 => {
                let e = self.expr(t, d - 1);
                self.unary("-", e)
            }
            7 => self.min_max(t, d),
            8 if int => {
                let e = self.expr(t, d - 1);
                let n = self.r.below(9).to_string();
                let op = self.r.pick(&["<<", ">>"]);
                self.binary(op, e, E::int(n, 0))
            }
            _ => {
                let e = self.expr(INT, d - 1);
                let e = self.unconst(e);
                E::new(format!("{name}({})", e.s))
            }
        }
    }
}
