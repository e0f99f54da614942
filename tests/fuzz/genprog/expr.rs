//! Expressions: the choice by type, leaves, access paths, binary operators with their constants tracked.

use crate::gen_state::{E, Gen};
use crate::types::*;

impl Gen {
    /// An expression of type `t`, nested at most `d` deep.
    pub fn expr(&mut self, t: T, d: u32) -> E {
        self.spend(1);
        if d == 0 || self.r.chance(12) || !self.affords(4) {
            return self.leaf(t);
        }
        if self.r.chance(14)
            && let Some(e) = self.call(t, d)
        {
            return e;
        }
        if self.r.chance(4) {
            let (c, a, b) = (
                self.expr(BOOL, d - 1),
                self.typed(t, d - 1),
                self.typed(t, d - 1),
            );
            return E::new(format!("{}({}, {}, {})", self.need("pick"), c.s, a.s, b.s));
        }
        match self.kind(t) {
            Kind::Int { .. } => self.int_expr(t, d),
            Kind::Float => self.float_expr(t, d),
            Kind::Complex => self.complex_expr(d),
            Kind::Str => self.string_expr(t, d),
            Kind::Bool => self.bool_expr(t, d),
            Kind::Param(int) => self.param_expr(t, int, d),
            _ => self.ref_expr(t, d),
        }
    }

    /// An expression whose own type is `t` even where the context gives none (`:=`, type inference).
    pub fn typed(&mut self, t: T, d: u32) -> E {
        let e = self.expr(t, d);
        self.with_type(t, e)
    }

    /// Adds a conversion where an untyped or structural expression would lose the type.
    fn with_type(&mut self, t: T, e: E) -> E {
        let nil = matches!(
            self.kind(t),
            Kind::Iface(_) | Kind::Any | Kind::Error | Kind::Func(..)
        );
        if nil {
            return E::new(format!("{}({})", self.ty.conv(t), e.s));
        }
        e
    }

    /// An expression to be stored: strings are cut so that nothing grows without bound.
    pub fn store(&mut self, t: T, d: u32) -> E {
        let e = self.expr(t, d);
        if matches!(self.kind(t), Kind::Str)
            && !e.k
            && !e.s.bytes().all(|c| c.is_ascii_alphanumeric())
        {
            return E::new(format!("{}({})", self.need("clip"), e.s));
        }
        e
    }

    /// `store` with a type of its own.
    pub fn store_typed(&mut self, t: T, d: u32) -> E {
        let e = self.store(t, d);
        self.with_type(t, e)
    }

    /// A variable, an access path or a literal.
    pub fn leaf(&mut self, t: T) -> E {
        if self.r.chance(75)
            && let Some(e) = self.access(t)
        {
            return e;
        }
        let fit: Vec<usize> = (0..self.consts.len())
            .filter(|&i| self.consts[i].1 == t)
            .collect();
        if !fit.is_empty() && self.r.chance(30) {
            let (name, _, v) = self.consts[self.r.pick(&fit)].clone();
            return E::int(name, v);
        }
        self.literal(t)
    }

    /// Hides a constant from the compiler.
    pub fn unconst(&mut self, e: E) -> E {
        if e.k {
            E::new(format!("{}({})", self.need("nc"), e.s))
        } else {
            e
        }
    }

    /// Reads a variable of type `t`, or something of that type inside a variable.
    pub fn access(&mut self, t: T) -> Option<E> {
        let exact = self.visible(|v| v.ty == t && !v.linear);
        if !exact.is_empty() && self.r.chance(70) {
            let i = self.r.pick(&exact);
            return Some(E::new(self.use_var(i)));
        }
        let any = self.visible(|_| true);
        if any.is_empty() || self.deep > 2 {
            return None;
        }
        for _ in 0..6 {
            let i = self.r.pick(&any);
            let (name, ty) = (self.vars[i].name.clone(), self.vars[i].ty);
            if !self.leads(ty, t, 3) || (ty == t && self.vars[i].linear) {
                continue;
            }
            self.vars[i].used = true;
            self.deep += 1;
            let path = self.walk(name, ty, t, 3);
            self.deep -= 1;
            return Some(E::new(path));
        }
        None
    }

    /// A value of type `t` can be reached from a `from` in `steps` selections.
    fn leads(&self, from: T, t: T, steps: u32) -> bool {
        if from == t {
            return true;
        }
        if steps == 0 {
            return false;
        }
        match &self.ty.all[from].kind {
            Kind::Struct(fs) => fs.iter().any(|f| self.leads(f.ty, t, steps - 1)),
            Kind::Array(_, e) | Kind::Slice(e) | Kind::Ptr(e) | Kind::Map(_, e) => {
                self.leads(*e, t, steps - 1)
            }
            Kind::Str => t == UINT8,
            _ => false,
        }
    }

    /// The path that `leads` promised.
    fn walk(&mut self, path: String, from: T, t: T, steps: u32) -> String {
        if from == t {
            return path;
        }
        match self.kind(from) {
            Kind::Struct(fs) => {
                let fit: Vec<&Field> = fs
                    .iter()
                    .filter(|f| self.leads(f.ty, t, steps - 1))
                    .collect();
                let f = self.r.pick(&fit);
                let promoted = f.embedded && f.ty != t && self.r.chance(60);
                let path = if promoted {
                    path
                } else {
                    format!("{path}.{}", f.name)
                };
                self.walk(path, f.ty, t, steps - 1)
            }
            Kind::Array(n, e) => {
                let i = self.index(n);
                self.walk(format!("{path}[{i}]"), e, t, steps - 1)
            }
            Kind::Slice(e) => {
                let i = self.expr(INT, 0);
                let path = format!("{}({path}, {})", self.need("at"), i.s);
                self.walk(path, e, t, steps - 1)
            }
            Kind::Map(k, e) => {
                let key = self.leaf_flat(k);
                self.walk(format!("{path}[{}]", key.s), e, t, steps - 1)
            }
            Kind::Ptr(e) => {
                let path = format!("{}({path})", self.need("dv"));
                self.walk(path, e, t, steps - 1)
            }
            _ => format!("{}({path}, {})", self.need("chr"), self.r.below(9)),
        }
    }

    /// A literal or a plain variable.
    pub fn leaf_flat(&mut self, t: T) -> E {
        let exact = self.visible(|v| v.ty == t && !v.linear);
        if !exact.is_empty() && self.r.chance(60) {
            let i = self.r.pick(&exact);
            return E::new(self.use_var(i));
        }
        self.literal(t)
    }

    /// An index in `0..n`.
    pub fn index(&mut self, n: usize) -> String {
        if self.r.chance(35) {
            return self.r.below(n).to_string();
        }
        let t = self.r.pick(&[UINT8, UINT, UINT32, UINT64, UINT8]);
        let e = self.expr(t, 1);
        match e.cv {
            Some(v) => (v.rem_euclid(n as i128)).to_string(),
            None if n.is_power_of_two() && self.r.chance(50) => format!("{}&{}", e.at(6), n - 1),
            None => format!("{}%{n}", e.at(6)),
        }
    }

    /// A call of a pure function or method with a single result `t`.
    fn call(&mut self, t: T, d: u32) -> Option<E> {
        if self.r.chance(40)
            && let Some(e) = self.method_call(t, d)
        {
            return Some(e);
        }
        let fit: Vec<usize> = (0..self.funcs.len())
            .filter(|&i| {
                let f = &self.funcs[i];
                f.pure && f.results == [t] && self.affords(f.cost + 5)
            })
            .collect();
        if fit.is_empty() {
            return None;
        }
        let i = self.r.pick(&fit);
        Some(E::new(self.call_text(i, d)))
    }

    /// The text of a call of function `i`.
    pub fn call_text(&mut self, i: usize, d: u32) -> String {
        let f = self.funcs[i].clone();
        self.spend(f.cost + 3);
        self.fx.dynamic |= f.dynamic;
        let mut args = Vec::new();
        for (n, p) in f.params.iter().enumerate() {
            if f.depth && n == 0 {
                args.push(self.depth_arg());
            } else {
                args.push(self.expr(*p, d.saturating_sub(1)).s);
            }
        }
        if let Some(e) = f.variadic {
            let s = self.ty.slice(e);
            if self.r.chance(30) {
                args.push(format!("{}...", self.expr(s, 1).s));
            } else {
                for _ in 0..self.r.below(4) {
                    args.push(self.expr(e, 1).s);
                }
            }
        }
        format!("{}({})", f.name, args.join(", "))
    }

    /// A recursion depth in 0..=7.
    fn depth_arg(&mut self) -> String {
        if self.r.chance(40) {
            return self.r.below(8).to_string();
        }
        let e = self.expr(INT, 1);
        match e.cv {
            Some(v) => (v & 7).to_string(),
            None => format!("{}&7", e.at(6)),
        }
    }

    /// A call of a pure method on a value that is at hand.
    fn method_call(&mut self, t: T, d: u32) -> Option<E> {
        let fit: Vec<(usize, usize)> = self
            .visible(|v| v.assign)
            .into_iter()
            .flat_map(|i| {
                self.methods_of(self.vars[i].ty)
                    .into_iter()
                    .map(move |s| (i, s))
            })
            .filter(|&(_, s)| self.sigs[s].pure && self.sigs[s].results == [t])
            .collect();
        if fit.is_empty() || !self.affords(270) {
            return None;
        }
        let (i, s) = self.r.pick(&fit);
        self.spend(260);
        let recv = self.use_var(i);
        let args = self.args(s, d);
        Some(E::new(format!("{recv}.{}({args})", self.sigs[s].name)))
    }

    /// The arguments of a call of method `s`.
    pub fn args(&mut self, s: usize, d: u32) -> String {
        let params = self.sigs[s].params.clone();
        let args: Vec<String> = params
            .iter()
            .map(|p| self.expr(*p, d.saturating_sub(1)).s)
            .collect();
        args.join(", ")
    }

    /// The methods generated so far that a variable of type `t` has.
    pub fn methods_of(&self, t: T) -> Vec<usize> {
        if !self.ty.all[t].named || matches!(self.ty.all[t].kind, Kind::Iface(_)) {
            return Vec::new();
        }
        let mut all = self.ty.method_set(t, true);
        all.retain(|&s| self.ready_method(t, s));
        all
    }

    fn ready_method(&self, t: T, s: usize) -> bool {
        if self.ty.all[t].methods.iter().any(|m| m.sig == s) {
            return self.ready.iter().any(|r| r.recv == t && r.sig == s);
        }
        match &self.ty.all[t].kind {
            Kind::Struct(fs) => fs.iter().any(|f| f.embedded && self.ready_method(f.ty, s)),
            _ => false,
        }
    }

    /// `a op b`, with as few parentheses as the precedences allow, or with more.
    pub fn binary(&mut self, op: &str, a: E, b: E) -> E {
        let p = precedence(op);
        let extra = u8::from(self.r.chance(20));
        let space = if self.r.chance(85) { " " } else { "" };
        let (l, r) = (a.at(p + extra), b.at(p + 1));
        // `a - -b`, `a & ^b` and `a < -b` must not run together.
        let space = if r.starts_with(['-', '^', '+', '&', '<']) {
            " "
        } else {
            space
        };
        E {
            s: format!("{l}{space}{op}{space}{r}"),
            p,
            cv: None,
            k: a.k && b.k,
        }
    }

    /// Integer arithmetic; when both sides are constants and the result does not fit, the left one is hidden.
    pub fn int_binary(&mut self, t: T, op: &str, a: E, b: E) -> E {
        if let (Some(x), Some(y)) = (a.cv, b.cv) {
            match fold(op, x, y).filter(|v| self.ty.fits(t, *v)) {
                Some(v) => {
                    return E {
                        cv: Some(v),
                        ..self.binary(op, a, b)
                    };
                }
                None => {
                    let a = self.unconst(a);
                    return self.binary(op, a, b);
                }
            }
        }
        self.binary(op, a, b)
    }

    /// A unary operator.
    pub fn unary(&mut self, op: &str, a: E) -> E {
        let s = if a.p < 7 {
            format!("{op}({})", a.s)
        } else {
            format!("{op}{}", a.s)
        };
        E {
            s,
            p: 6,
            cv: None,
            k: a.k,
        }
    }

    /// `min` or `max` of some values.
    pub fn min_max(&mut self, t: T, d: u32) -> E {
        let name = if self.r.chance(50) { "min" } else { "max" };
        let mut args: Vec<E> = (0..self.r.range(1, 3))
            .map(|_| self.expr(t, d - 1))
            .collect();
        if args.iter().all(|a| a.k) {
            args[0] = self.unconst(args[0].clone());
        }
        let text: Vec<&str> = args.iter().map(|a| a.s.as_str()).collect();
        E::new(format!("{name}({})", text.join(", ")))
    }

    /// A function literal called at once.
    pub fn literal_call(&mut self, t: T, d: u32) -> E {
        let (x, p) = (self.basic_type(), self.fresh("q"));
        let arg = self.expr(x, d - 1);
        let from = self.vars.len();
        self.bind(&p, x, false);
        let body = self.store(t, d - 1);
        self.vars.truncate(from);
        E::new(format!(
            "func({p} {}){} {{ return {} }}({})",
            self.tn(x),
            self.ty.results(&[t]),
            body.s,
            arg.s
        ))
    }
}

/// A binary operator's precedence.
pub fn precedence(op: &str) -> u8 {
    match op {
        "*" | "/" | "%" | "<<" | ">>" | "&" | "&^" => 5,
        "+" | "-" | "|" | "^" => 4,
        "&&" => 2,
        "||" => 1,
        _ => 3,
    }
}

/// Exact integer arithmetic on constants.
pub fn fold(op: &str, x: i128, y: i128) -> Option<i128> {
    match op {
        "+" => x.checked_add(y),
        "-" => x.checked_sub(y),
        "*" => x.checked_mul(y),
        "/" => x.checked_div(y),
        "%" => x.checked_rem(y),
        "&" => Some(x & y),
        "|" => Some(x | y),
        "^" => Some(x ^ y),
        "&^" => Some(x & !y),
        "<<" if (0..60).contains(&y) => x.checked_mul(1 << y),
        ">>" if y >= 0 => Some(x >> y.min(120)),
        _ => None,
    }
}
