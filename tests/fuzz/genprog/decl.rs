//! Top-level declarations: types, constants, variables, methods, functions.

use crate::gen_state::{Func, Fx, Gen, Ready, Sig};
use crate::types::*;

impl Gen {
    /// Chooses the program's types and declares the defined ones.
    pub fn types(&mut self) {
        let mut basics = vec![BOOL, STR, INT, INT, UINT8, STR];
        for _ in 0..4 {
            basics.push(self.r.pick(&INTS));
        }
        if self.on("float") {
            basics.push(F64);
            if self.r.chance(40) {
                basics.push(F32);
            }
        }
        if self.on("complex") && self.r.chance(20) {
            basics.push(COMPLEX);
        }
        self.pool = basics;
        self.signatures();
        for _ in 0..self.r.below(3) {
            let under = self.some_type(INT, |ty, t| (ty.is_num(t) || t == STR) && !ty.all[t].named);
            self.define("N", self.kind(under), &self.tn(under));
        }
        for _ in 0..self.r.range(1, 3) {
            self.derive();
            self.structure();
        }
        for _ in 0..3 {
            self.derive();
        }
        if self.r.chance(40) {
            let e = self.basic_type();
            let under = self.tn(e);
            self.define("N", Kind::Slice(e), &format!("[]{under}"));
        }
        if self.on("iface") {
            self.pool.push(ANY);
            self.interfaces();
        }
        if self.on("closure") {
            for _ in 0..self.r.below(3) {
                let (p, r) = (self.basic_type(), self.basic_type());
                let f = if self.r.chance(30) {
                    self.ty.func(&[], &[r])
                } else {
                    self.ty.func(&[p], &[r])
                };
                self.pool.push(f);
            }
        }
        if self.r.chance(40) {
            self.pool.push(ERROR);
        }
    }

    fn define(&mut self, prefix: &str, kind: Kind, under: &str) -> T {
        let name = self.fresh(prefix);
        let t = self.ty.define(&name, kind);
        self.top.push(format!("type {name} {under}\n"));
        self.pool.push(t);
        self.choose_methods(t);
        t
    }

    /// Method names, each with one signature for the whole program.
    fn signatures(&mut self) {
        self.sigs.push(Sig {
            name: "String".into(),
            params: vec![],
            results: vec![STR],
            pure: true,
        });
        for i in 0..self.r.range(2, 4) {
            let pure = self.r.chance(55);
            let params = (0..self.r.below(3)).map(|_| self.basic_type()).collect();
            let n = if pure { 1 } else { self.r.below(3) };
            let results = (0..n).map(|_| self.basic_type()).collect();
            self.sigs.push(Sig {
                name: format!("M{i}"),
                params,
                results,
                pure,
            });
        }
    }

    fn choose_methods(&mut self, t: T) {
        for sig in 0..self.sigs.len() {
            let p = if sig == 0 { 30 } else { 55 };
            if self.r.chance(p) {
                let ptr = self.r.chance(if self.sigs[sig].pure { 25 } else { 80 });
                self.ty.all[t].methods.push(Method { sig, ptr });
                self.ty.all[t].stringer |= sig == 0;
            }
        }
    }

    fn structure(&mut self) {
        let mut fields = Vec::new();
        let mut text = String::from("struct {\n");
        let structs: Vec<T> = self
            .pool
            .iter()
            .copied()
            .filter(|&t| matches!(self.ty.all[t].kind, Kind::Struct(_)))
            .collect();
        if !structs.is_empty() && self.r.chance(35) {
            let ty = self.r.pick(&structs);
            let name = self.tn(ty);
            text.push_str(&format!("\t{name}\n"));
            fields.push(Field {
                name,
                ty,
                embedded: true,
            });
        }
        for _ in 0..self.r.range(1, 4) {
            let ty = if self.r.chance(60) {
                self.basic_type()
            } else {
                self.some_type(INT, |_, t| t != ERROR)
            };
            let prefix = self.r.pick(&["f", "F"]);
            let name = self.fresh(prefix);
            text.push_str(&format!("\t{name} {}\n", self.tn(ty)));
            fields.push(Field {
                name,
                ty,
                embedded: false,
            });
        }
        text.push('}');
        let t = self.define("S", Kind::Struct(fields), &text);
        if self.r.chance(60) {
            let p = self.ty.ptr(t);
            self.pool.push(p);
        }
    }

    /// Adds unnamed types made of those there are.
    fn derive(&mut self) {
        let e = if self.r.chance(60) {
            self.basic_type()
        } else {
            self.some_type(INT, |_, _| true)
        };
        let n = self.r.range(1, 5);
        let t = match self.r.below(10) {
            0 | 1 => self.ty.array(n, e),
            2 if self.on("map") => {
                let k = self.some_type(INT, |ty, t| ty.key(t));
                self.ty.map(k, e)
            }
            3 if self.on("map") => {
                let k = self.r.pick(&[STR, INT]);
                self.ty.map(k, e)
            }
            4 => self.ty.ptr(e),
            _ => self.ty.slice(e),
        };
        self.pool.push(t);
    }

    fn interfaces(&mut self) {
        for _ in 0..self.r.range(1, 2) {
            let mut sigs: Vec<usize> = (0..self.sigs.len()).filter(|_| self.r.chance(35)).collect();
            if sigs.is_empty() {
                sigs.push(self.r.range(1, self.sigs.len() - 1));
            }
            let mut text = String::from("interface {\n");
            for &s in &sigs {
                let sig = self.sigs[s].clone();
                let params: Vec<String> = sig.params.iter().map(|p| self.tn(*p)).collect();
                text.push_str(&format!(
                    "\t{}({}){}\n",
                    sig.name,
                    params.join(", "),
                    self.ty.results(&sig.results)
                ));
            }
            text.push('}');
            let name = self.fresh("I");
            let t = self.ty.define(&name, Kind::Iface(sigs));
            self.top.push(format!("type {name} {text}\n"));
            self.pool.push(t);
        }
    }

    /// Constants: plain ones, an enumeration by `iota`, and one that only exists exactly.
    pub fn constants(&mut self) {
        for _ in 0..self.r.range(1, 4) {
            let t = self.int_type();
            let e = self.literal(t);
            let name = self.fresh("c");
            let (Some(v), text) = (e.cv, e.s) else {
                continue;
            };
            self.top
                .push(format!("const {name} {} = {text}\n", self.tn(t)));
            self.consts.push((name, t, v));
        }
        let t = self.int_type();
        let (step, from) = (self.r.range(1, 5) as i128, self.r.below(10) as i128);
        let mut text = String::from("const (\n");
        for i in 0..self.r.range(2, 5) {
            let name = self.fresh("c");
            if i == 0 {
                text.push_str(&format!("\t{name} {} = iota*{step} + {from}\n", self.tn(t)));
            } else {
                text.push_str(&format!("\t{name}\n"));
            }
            self.consts.push((name, t, i as i128 * step + from));
        }
        self.top.push(text + ")\n");
        let (big, small, shift) = (self.fresh("c"), self.fresh("c"), self.r.range(62, 100));
        let odd = self.r.range(1, 99);
        self.top.push(format!("const {big} = {odd} << {shift}\n"));
        self.top.push(format!(
            "const {small} int = {big}>>{} + {odd}\n",
            shift - 2
        ));
        self.consts.push((small, INT, odd as i128 * 5));
    }

    /// Package variables; each may use those before it, in whatever order they are written down.
    pub fn globals(&mut self) {
        self.fx = Fx::new(false, true, &[], 0, 400);
        self.fx.quiet = true;
        for _ in 0..self.r.range(2, 5) {
            let t = self.some_type(INT, |_, _| true);
            let name = self.fresh("g");
            let e = self.store(t, 2);
            let text = format!("var {name} {} = {}\n", self.tn(t), e.s);
            self.top.push(text);
            self.bind(&name, t, true).used = true;
        }
    }

    /// The bodies of all methods.
    pub fn methods(&mut self) {
        let all: Vec<(T, Method)> = (0..self.ty.all.len())
            .flat_map(|t| {
                self.ty.all[t]
                    .methods
                    .iter()
                    .map(move |m| (t, *m))
                    .collect::<Vec<_>>()
            })
            .collect();
        for (t, m) in all {
            let sig = self.sigs[m.sig].clone();
            let own = self.vars.len();
            let mut fx = Fx::new(sig.pure, true, &sig.results, own, 260);
            fx.quiet = true;
            let (recv, var) = if m.ptr {
                (format!("*{}", self.tn(t)), "(*r)")
            } else {
                (self.tn(t), "r")
            };
            self.bind(var, t, !(m.ptr && sig.pure)).used = true;
            let params = self.params(&sig.params);
            let n = self.r.below(4);
            self.declare_top(|g| {
                let (body, _) = g.under_returning(fx, |g| {
                    g.stmts(n);
                });
                let rs = g.ty.results(&sig.results);
                g.emit("func (r $0) $1($2)$3 {", &[&recv, &sig.name, &params, &rs]);
                g.out.push_str(&body);
                g.emit("}", &[]);
            });
            self.vars.truncate(own);
            self.ready.push(Ready {
                recv: t,
                sig: m.sig,
            });
        }
    }

    /// Binds parameters of the given types, and writes the list.
    fn params(&mut self, ts: &[T]) -> String {
        let mut list = Vec::new();
        for t in ts {
            let p = self.fresh("p");
            list.push(format!("{p} {}", self.tn(*t)));
            self.bind(&p, *t, true).used = true;
        }
        list.join(", ")
    }

    /// A function; a pure one has a result and no effects.
    pub fn function(&mut self, pure: bool) {
        let own = self.vars.len();
        let ps: Vec<T> = (0..self.r.range(usize::from(pure), 3))
            .map(|_| self.param_type(pure))
            .collect();
        let n = if pure { 1 } else { self.r.below(4) };
        let rs: Vec<T> = (0..n)
            .map(|_| {
                if pure && self.r.chance(70) {
                    self.basic_type()
                } else {
                    self.param_type(pure)
                }
            })
            .collect();
        let name = self.fresh(if pure { "P" } else { "F" });
        let mut fx = Fx::new(
            pure,
            pure,
            &rs,
            own,
            if pure {
                400
            } else {
                3000 * u64::from(self.opt.size)
            },
        );
        fx.quiet = pure;
        let mut params = self.params(&ps);
        let variadic = if self.r.chance(20) {
            Some(self.basic_type())
        } else {
            None
        };
        if let Some(e) = variadic {
            let s = self.ty.slice(e);
            let p = self.fresh("p");
            let comma = if params.is_empty() { "" } else { ", " };
            params.push_str(&format!("{comma}{p} ...{}", self.tn(e)));
            self.bind(&p, s, true).used = true;
        }
        let mut results = self.ty.results(&rs);
        if !rs.is_empty() && !pure && self.r.chance(40) {
            fx.named = rs.iter().map(|_| self.fresh("r")).collect();
            let named = fx.named.clone();
            let list: Vec<String> = named
                .iter()
                .zip(&rs)
                .map(|(n, t)| format!("{n} {}", self.tn(*t)))
                .collect();
            results = format!(" ({})", list.join(", "));
            for (n, t) in named.iter().zip(&rs) {
                self.bind(n, *t, true).used = true;
            }
        }
        let stmts = if pure {
            self.r.below(4)
        } else {
            self.r.range(3, 4 + self.opt.size as usize * 2)
        };
        let mut cost = (0, false);
        self.declare_top(|g| {
            let (body, done) = g.under_returning(fx, |g| {
                g.stmts(stmts);
            });
            cost = (done.cost, done.dynamic);
            g.emit("func $0($1)$2 {", &[&name, &params, &results]);
            g.out.push_str(&body);
            g.emit("}", &[]);
        });
        self.vars.truncate(own);
        let (cost, dynamic) = cost;
        self.funcs.push(Func {
            name,
            params: ps,
            variadic,
            results: rs,
            pure,
            dynamic,
            depth: false,
            cost,
        });
    }

    fn param_type(&mut self, pure: bool) -> T {
        if self.r.chance(50) {
            return self.basic_type();
        }
        self.some_type(INT, |ty, t| {
            !pure || !matches!(ty.all[t].kind, Kind::Func(..) | Kind::Iface(_))
        })
    }

    /// A function that calls itself once or twice, less deep each time.
    pub fn recursive(&mut self) {
        let own = self.vars.len();
        let t = self.some_type(INT, |ty, t| ty.plain(t));
        let (name, d, x) = (self.fresh("R"), self.fresh("p"), self.fresh("p"));
        let mut fx = Fx::new(true, true, &[t], own, 250);
        fx.quiet = true;
        self.bind(&d, INT, false).used = true;
        self.bind(&x, t, true).used = true;
        let twice = self.r.chance(50);
        let stmts = self.r.below(3);
        let mut cost = 0;
        self.declare_top(|g| {
            let (body, done) = g.under_returning(fx, |g| {
                let base = g.store(t, 1);
                g.emit("if $0 <= 0 {\n\treturn $1\n}", &[&d, &base.s]);
                g.stmts(stmts);
                for step in 1..=if twice { 2 } else { 1 } {
                    let (a, e) = (g.fresh("v"), g.store(t, 2));
                    g.emit(
                        "$0 := $1($2-$3, $4)",
                        &[&a, &name, &d, &step.to_string(), &e.s],
                    );
                    g.bind(&a, t, true);
                }
            });
            cost = done.cost * if twice { 60 } else { 10 };
            g.emit("func $0($1 int, $2 $3) $3 {", &[&name, &d, &x, &g.tn(t)]);
            g.out.push_str(&body);
            g.emit("}", &[]);
        });
        self.vars.truncate(own);
        self.funcs.push(Func {
            name,
            params: vec![INT, t],
            variadic: None,
            results: vec![t],
            pure: true,
            dynamic: false,
            depth: true,
            cost,
        });
    }
}
