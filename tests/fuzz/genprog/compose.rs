//! Literals, and expressions of composite, reference and interface types.

use crate::gen_state::{E, Fx, Gen};
use crate::types::*;

const WORDS: [&str; 14] = [
    "\"a\"",
    "\"\"",
    "\"go\"",
    "\"hello\"",
    "\"x\\ty\"",
    "\"héllo\"",
    "\"日本\"",
    "`raw\\n`",
    "\"q\\\"q\"",
    "\"abcabc\"",
    "\"Z\"",
    "\" sp \"",
    "\"\\xff\\u00e9\"",
    "\"0123456789\"",
];

impl Gen {
    /// A literal: constant where the type allows it.
    pub fn literal(&mut self, t: T) -> E {
        match self.kind(t) {
            Kind::Bool => E::constant(if self.r.chance(50) { "true" } else { "false" }),
            Kind::Int { .. } => self.int_literal(t),
            Kind::Float => {
                let v = self.r.pick(&[
                    "0.5", "1.5", "-2.25", "3.0", "100.125", "1e3", "0.0", "-7.75", "0x1p-2", "0.1",
                ]);
                if t == F64 {
                    E::constant(v)
                } else {
                    E {
                        p: 7,
                        ..E::constant(format!("{}({v})", self.tn(t)))
                    }
                }
            }
            Kind::Complex => E {
                p: 7,
                ..E::constant(
                    self.r
                        .pick(&["complex(1, 2)", "complex(0.5, -1)", "(3 + 1i)"]),
                )
            },
            Kind::Str => {
                let w = self.r.pick(&WORDS);
                if t == STR {
                    E::constant(w)
                } else {
                    E::constant(format!("{}({w})", self.tn(t)))
                }
            }
            Kind::Param(_) => E::new(format!("{}({})", self.tn(t), self.r.below(100))),
            _ => self.composite(t, 0),
        }
    }

    fn int_literal(&mut self, t: T) -> E {
        let (lo, hi) = self.ty.bounds(t);
        let v = match self.r.below(20) {
            0 => lo,
            1 => hi,
            2 => hi - self.r.below(3) as i128,
            3 => lo + self.r.below(3) as i128,
            4 | 5 => lo + (self.r.bits() as i128).rem_euclid(hi - lo + 1),
            6 if lo < 0 => -(self.r.below(20) as i128),
            7..=12 => self.r.below(10) as i128,
            _ => self.r.below(100) as i128,
        };
        E {
            p: if t == INT && v < 0 { 6 } else { 7 },
            ..E::int(self.int_text(t, v), v)
        }
    }

    /// A spelling of an integer constant of type `t`.
    pub fn int_text(&mut self, t: T, v: i128) -> String {
        if t == INT32 && (97..123).contains(&v) && self.r.chance(60) {
            return format!("'{}'", v as u8 as char);
        }
        let u = v.unsigned_abs();
        let text = match self.r.below(14) {
            0 => format!("{u:#x}"),
            1 => format!("{u:#b}"),
            2 => format!("{u:#o}"),
            3 if u > 999 => format!("{}_{:03}", u / 1000, u % 1000),
            _ => u.to_string(),
        };
        let text = if v < 0 { format!("-{text}") } else { text };
        if t == INT {
            text
        } else {
            format!("{}({text})", self.tn(t))
        }
    }

    /// An expression of a type that is not basic.
    pub fn ref_expr(&mut self, t: T, d: u32) -> E {
        if self.r.chance(40)
            && let Some(e) = self.access(t)
        {
            return e;
        }
        self.composite(t, d)
    }

    /// A new value of a composite, reference or interface type.
    pub fn composite(&mut self, t: T, d: u32) -> E {
        if self.deep > 4 {
            return self.empty(t);
        }
        self.deep += 1;
        let e = self.composite_at(t, d);
        self.deep -= 1;
        e
    }

    /// The smallest value of a type that is not basic.
    fn empty(&mut self, t: T) -> E {
        match self.kind(t) {
            Kind::Struct(_) | Kind::Array(..) | Kind::Slice(_) | Kind::Map(..) => {
                E::new(format!("{}{{}}", self.tn(t)))
            }
            _ => E::new(format!("{}(nil)", self.ty.conv(t))),
        }
    }

    fn composite_at(&mut self, t: T, d: u32) -> E {
        let sub = d.saturating_sub(1);
        match self.kind(t) {
            Kind::Struct(fs) => self.struct_literal(t, &fs, sub),
            Kind::Array(n, e) => self.array_literal(t, n, e, sub),
            Kind::Slice(e) => self.slice_expr(t, e, sub),
            Kind::Map(k, v) => self.map_literal(t, k, v, sub),
            Kind::Ptr(e) => self.pointer(t, e, sub),
            Kind::Func(ps, rs) => self.func_value(t, &ps, &rs),
            Kind::Iface(sigs) => self.iface_value(t, &sigs, sub),
            Kind::Any => self.any_value(sub),
            Kind::Error => self.error_value(sub),
            _ => self.expr(t, d),
        }
    }

    fn struct_literal(&mut self, t: T, fs: &[Field], d: u32) -> E {
        let name = self.tn(t);
        if self.r.chance(10) {
            return E::new(format!("{name}{{}}"));
        }
        let keyed = self.r.chance(60);
        let mut parts = Vec::new();
        for f in fs {
            if keyed && self.r.chance(25) {
                continue;
            }
            let e = self.store(f.ty, d);
            parts.push(if keyed {
                format!("{}: {}", f.name, e.s)
            } else {
                e.s
            });
        }
        if keyed {
            self.r.shuffle(&mut parts);
        }
        E::new(format!("{name}{{{}}}", parts.join(", ")))
    }

    fn array_literal(&mut self, t: T, n: usize, e: T, d: u32) -> E {
        let keyed = self.r.chance(20);
        let mut parts = Vec::new();
        for i in 0..n {
            if keyed && self.r.chance(40) {
                continue;
            }
            let x = self.element(e, d);
            parts.push(if keyed { format!("{i}: {x}") } else { x });
        }
        let full = !keyed && !self.ty.all[t].named && self.r.chance(30);
        let name = if full {
            format!("[...]{}", self.tn(e))
        } else {
            self.tn(t)
        };
        E::new(format!("{name}{{{}}}", parts.join(", ")))
    }

    /// An element of a composite literal; an inner literal may leave its type out.
    fn element(&mut self, e: T, d: u32) -> String {
        let x = self.store(e, d).s;
        let name = self.tn(e);
        let plain = matches!(
            self.kind(e),
            Kind::Struct(_) | Kind::Array(..) | Kind::Slice(_) | Kind::Map(..)
        );
        if plain && self.r.chance(60) && x.starts_with(&format!("{name}{{")) && whole_literal(&x) {
            return x[name.len()..].to_string();
        }
        x
    }

    fn slice_expr(&mut self, t: T, e: T, d: u32) -> E {
        let name = self.tn(t);
        let vars = self.visible(|v| v.ty == t && !v.linear);
        if !vars.is_empty() && self.r.chance(45) {
            let i = self.r.pick(&vars);
            let v = self.use_var(i);
            return match self.r.below(7) {
                0 => E::new(format!("{v}[len({v})/2:]")),
                1 => E::new(format!("{v}[:len({v})/2]")),
                2 => E::new(format!("{v}[len({v})/3 : len({v})-len({v})/3 : len({v})]")),
                3 | 4 => {
                    let x = self.store(e, d);
                    E::new(format!("append({v}[:len({v}):len({v})], {})", x.s))
                }
                5 => E::new(format!("append({name}(nil), {v}...)")),
                _ => E::new(format!("{v}[min({}, len({v})):]", self.r.below(4))),
            };
        }
        if e == UINT8 && !self.ty.all[t].named && self.r.chance(40) {
            let s = self.expr(STR, d);
            return E::new(format!("[]byte({})", s.s));
        }
        if e == INT32 && !self.ty.all[t].named && self.r.chance(40) {
            let s = self.expr(STR, d);
            return E::new(format!("[]rune({})", s.s));
        }
        match self.r.below(8) {
            0 => E::new(format!("{name}(nil)")),
            1 => E::new(format!("make({name}, {})", self.r.below(5))),
            2 => {
                let (a, b) = (self.store(e, d), self.store(e, d));
                E::new(format!("append({name}{{}}, {}, {})", a.s, b.s))
            }
            _ => {
                let n = self.r.below(5);
                let parts: Vec<String> = (0..n).map(|_| self.element(e, d)).collect();
                E::new(format!("{name}{{{}}}", parts.join(", ")))
            }
        }
    }

    fn map_literal(&mut self, t: T, k: T, v: T, d: u32) -> E {
        let name = self.tn(t);
        match self.r.below(10) {
            0 => return E::new(format!("{name}(nil)")),
            1 => return E::new(format!("make({name})")),
            2 => return E::new(format!("make({name}, {})", self.r.below(20))),
            _ => {}
        }
        let mut parts = Vec::new();
        // Go initialises constant entries before others, so keys that might be equal must not meet.
        let most = match self.kind(k) {
            Kind::Bool => 2,
            Kind::Int { .. } | Kind::Str => 4,
            _ => 1,
        };
        for i in 0..self.r.below(most + 1) {
            let key = self.key_literal(k, i);
            let value = self.element(v, d);
            parts.push(format!("{key}: {value}"));
        }
        E::new(format!("{name}{{{}}}", parts.join(", ")))
    }

    /// The `i`-th of some distinct keys.
    pub fn key_literal(&mut self, k: T, i: usize) -> String {
        match self.kind(k) {
            Kind::Int { .. } => {
                let v = (i * 3 + self.r.below(3)) as i128;
                if k == INT {
                    v.to_string()
                } else {
                    format!("{}({v})", self.tn(k))
                }
            }
            Kind::Str => format!("{}(\"k{}\")", self.tn(k), i * 2 + self.r.below(2)),
            Kind::Bool => format!("{}", i.is_multiple_of(2)),
            _ => self.store(k, 1).s,
        }
    }

    fn pointer(&mut self, t: T, e: T, d: u32) -> E {
        let pure = self.fx.pure;
        let vars = self.visible(|v| v.ty == e && v.assign && !v.linear && !pure);
        if !vars.is_empty() && self.r.chance(45) {
            let i = self.r.pick(&vars);
            return E {
                p: 6,
                ..E::new(format!("&{}", self.use_var(i)))
            };
        }
        match self.r.below(10) {
            0 => E::new(format!("({})(nil)", self.tn(t))),
            1 => E::new(format!("new({})", self.tn(e))),
            _ if matches!(self.kind(e), Kind::Struct(_)) => {
                let x = self.composite(e, d);
                E {
                    p: 6,
                    ..E::new(format!("&{}", x.s))
                }
            }
            _ => {
                let x = self.store_typed(e, d);
                E::new(format!("new({})", x.s))
            }
        }
    }

    /// A function of the given type: a top-level one or a literal.
    fn func_value(&mut self, t: T, ps: &[T], rs: &[T]) -> E {
        let fit: Vec<usize> = (0..self.funcs.len())
            .filter(|&i| {
                let f = &self.funcs[i];
                f.pure
                    && f.params == ps
                    && f.results == rs
                    && f.variadic.is_none()
                    && !f.depth
                    && f.cost < 250
            })
            .collect();
        if !fit.is_empty() && self.r.chance(30) {
            let i = self.r.pick(&fit);
            return E::new(self.funcs[i].name.clone());
        }
        if self.fx.lits > 1 {
            return E::new(format!("({})(nil)", self.tn(t)));
        }
        self.func_literal(ps, rs, 250)
    }

    /// A function literal that calls no function values and costs at most `limit`.
    pub fn func_literal(&mut self, ps: &[T], rs: &[T], limit: u64) -> E {
        let own = self.vars.len();
        let mut fx = Fx::new(self.fx.pure, true, rs, own, limit);
        fx.quiet = self.fx.quiet;
        fx.lits = self.fx.lits + 1;
        let names: Vec<String> = ps.iter().map(|_| self.fresh("p")).collect();
        let params: Vec<String> = names
            .iter()
            .zip(ps)
            .map(|(n, p)| format!("{n} {}", self.tn(*p)))
            .collect();
        for (n, p) in names.iter().zip(ps) {
            self.bind(n, *p, true).used = true;
        }
        let stmts = self.r.below(3);
        let (body, done) = self.under_returning(fx, |g| {
            g.stmts(stmts);
        });
        self.fx.dynamic |= done.dynamic;
        self.vars.truncate(own);
        let tabs = "\t".repeat(self.ind);
        E::new(format!(
            "func({}){} {{\n{body}{tabs}}}",
            params.join(", "),
            self.ty.results(rs)
        ))
    }

    fn iface_value(&mut self, t: T, sigs: &[usize], d: u32) -> E {
        let name = self.tn(t);
        let mut fit: Vec<(T, bool)> = Vec::new();
        for x in 0..self.ty.all.len() {
            if !self.ty.all[x].named || matches!(self.ty.all[x].kind, Kind::Iface(_)) {
                continue;
            }
            for ptr in [false, true] {
                let set = self.ty.method_set(x, ptr);
                if sigs.iter().all(|s| set.contains(s))
                    && (!ptr || matches!(self.ty.all[x].kind, Kind::Struct(_)))
                {
                    fit.push((x, ptr));
                }
            }
        }
        if fit.is_empty() || self.r.chance(6) {
            return E::new(format!("{name}(nil)"));
        }
        let (x, ptr) = self.r.pick(&fit);
        let v = self.composite_or(x, d);
        E::new(format!("{name}({}{})", if ptr { "&" } else { "" }, v))
    }

    /// A composite literal where the type has one (so that `&` applies), else any typed expression.
    fn composite_or(&mut self, x: T, d: u32) -> String {
        match self.kind(x) {
            Kind::Struct(_) => self.composite(x, d).s,
            _ => self.store_typed(x, d).s,
        }
    }

    /// An `any` holding something that prints without addresses.
    pub fn any_value(&mut self, d: u32) -> E {
        if self.r.chance(8) {
            return E::new("any(nil)");
        }
        let x = self.some_type(INT, |ty, t| ty.printable(t) && !ty.has_any(t));
        E::new(format!("any({})", self.store_typed(x, d).s))
    }

    /// An error, or none.
    pub fn error_value(&mut self, d: u32) -> E {
        match self.r.below(6) {
            0 => E::new("error(nil)"),
            1 | 2 => {
                let e = self.expr(STR, d);
                self.import("fmt");
                E::new(format!("fmt.Errorf(\"e%q\", {})", e.s))
            }
            _ => {
                self.import("errors");
                E::new(format!("errors.New({})", self.expr(STR, d).s))
            }
        }
    }

    /// A call of `fmt.Sprintf`, cut to a bounded length.
    pub fn sprintf(&mut self, d: u32) -> String {
        self.import("fmt");
        self.spend(20);
        let (format, args) = self.format(d);
        format!("{}(fmt.Sprintf({format}{args}))", self.need("clip"))
    }

    /// A format and its arguments (each with a comma before it).
    pub fn format(&mut self, d: u32) -> (String, String) {
        let mut format = String::from("\"");
        let mut args = String::new();
        for i in 0..self.r.range(1, 3) {
            if i > 0 {
                format.push_str(self.r.pick(&["|", " ", ", ", "%%"]));
            }
            let quiet = self.fx.quiet;
            let t = if self.r.chance(65) {
                self.basic_type()
            } else {
                self.some_type(INT, |ty, t| ty.printable(t))
            };
            let t = if quiet && self.ty.stringy(t) { INT } else { t };
            let verb = self.verb(t);
            if verb.contains('*') {
                args.push_str(&format!(", {}", self.r.below(9)));
            }
            format.push_str(verb);
            args.push_str(&format!(", {}", self.typed(t, d.saturating_sub(1)).s));
        }
        format.push('"');
        (format, args)
    }

    /// A verb that suits the type, mostly.
    pub fn verb(&mut self, t: T) -> &'static str {
        if self.r.chance(12) {
            return self
                .r
                .pick(&["%v", "%+v", "%T", "%v", "%d", "%s", "%6v", "%-8v|", "%#v"]);
        }
        match self.kind(t) {
            Kind::Int { .. } => self.r.pick(&[
                "%d", "%5d", "%-6d|", "%06d", "%x", "%X", "%#x", "%o", "%#o", "%b", "%+d", "% d",
                "%v", "%q", "%U", "%*d", "%c", "%08b", "%.4d", "%+06d", "%O", "%#U", "%-+7d|",
            ]),
            Kind::Float => self.r.pick(&[
                "%v", "%g", "%.3f", "%8.2f", "%e", "%+.1f", "%G", "%-10.1f|", "%08.3f", "%.0f",
                "%f", "%6.3g", "%#v", "%E",
            ]),
            Kind::Str => self.r.pick(&[
                "%s", "%q", "%x", "%10s", "%-10s|", "%.2s", "%v", "%#v", "%X", "% x", "%+q", "%*s",
                "%#q", "%5.1s",
            ]),
            Kind::Bool => self.r.pick(&["%t", "%v", "%6t", "%-7t|", "%5v"]),
            Kind::Complex => self.r.pick(&["%v", "%.1f", "%g"]),
            Kind::Slice(e) | Kind::Array(_, e) if e == UINT8 => {
                self.r.pick(&["%v", "%x", "%d", "%X", "%s"])
            }
            Kind::Slice(e) | Kind::Array(_, e) if self.ty.is_int(e) => {
                self.r.pick(&["%v", "%d", "%x", "%3d", "%02x", "%T", "%#v"])
            }
            Kind::Any => self.r.pick(&["%v", "%T", "%d", "%s", "%+v", "%q"]),
            _ => self.r.pick(&["%v", "%+v", "%v", "%T", "%#v", "%s", "%d"]),
        }
    }

    /// Expressions that show the value named `e` without an address.
    pub fn show(&mut self, e: &str, t: T) -> Vec<String> {
        if self.fx.quiet && self.ty.stringy(t) {
            return Vec::new();
        }
        if self.ty.printable(t) || t == ERROR {
            return vec![e.to_string()];
        }
        match self.kind(t) {
            Kind::Ptr(x) if self.ty.printable(x) => {
                if matches!(self.kind(x), Kind::Struct(_))
                    && !self.ty.all[x].stringer
                    && self.r.chance(50)
                {
                    return vec![e.to_string()];
                }
                vec![format!("{}({e})", self.need("dp"))]
            }
            Kind::Slice(_) | Kind::Map(..) | Kind::Array(..) => vec![format!("len({e})")],
            Kind::Struct(fs) => fs
                .iter()
                .flat_map(|f| self.show(&format!("{e}.{}", f.name), f.ty))
                .collect(),
            _ => vec![format!("{e} == nil")],
        }
    }
}

/// The text is one composite literal: the brace that opens it closes at its very end.
fn whole_literal(x: &str) -> bool {
    let mut depth = 0;
    let mut quote = None;
    let bytes = x.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let c = bytes[i];
        match quote {
            Some(q) => {
                if c == b'\\' && q != b'`' {
                    i += 1;
                } else if c == q {
                    quote = None;
                }
            }
            None => match c {
                b'"' | b'`' | b'\'' => quote = Some(c),
                b'{' => depth += 1,
                b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        return i + 1 == bytes.len();
                    }
                }
                _ => {}
            },
        }
        i += 1;
    }
    false
}
