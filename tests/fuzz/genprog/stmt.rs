//! Simple statements: declarations, assignments, calls, printing, and the choice among all statements.

use crate::gen_state::{E, Gen};
use crate::types::*;

/// An assignable place; the guards make sure that reaching it does not panic.
pub struct Place {
    pub guards: Vec<String>,
    pub s: String,
    pub t: T,
}

impl Gen {
    /// `n` statements.
    pub fn stmts(&mut self, n: usize) {
        for _ in 0..n {
            self.stmt();
        }
    }

    /// One statement.
    pub fn stmt(&mut self) {
        if !self.affords(30) {
            return self.decl();
        }
        self.spend(1);
        let (pure, deep) = (self.fx.pure, self.fx.nest > 4);
        let choice = self.r.below(100);
        match choice {
            0..=15 => self.decl(),
            16..=29 => self.assign(),
            30..=36 => self.op_assign(),
            37..=43 if !deep => self.if_stmt(),
            44..=54 if !deep => self.for_stmt(),
            55..=59 if !deep => self.switch_stmt(),
            60..=62 if !deep => self.type_switch(),
            63..=69 => self.grow(),
            70..=72 if !deep => self.shadow_block(),
            73..=75 => self.swap(),
            76..=78 => self.jump(),
            79..=81 => self.comma_ok(),
            82..=88 => self.call_stmt(),
            89..=90 if !pure => self.risky(),
            91..=92 if !pure => self.defer_stmt(),
            93..=98 if !pure => self.print(),
            99 if !pure => self.checksum(),
            _ => self.decl(),
        }
    }

    /// A type for a new variable.
    pub fn var_type(&mut self) -> T {
        let pure = self.fx.pure;
        if self.r.chance(50) {
            return self.basic_type();
        }
        self.some_type(INT, |ty, t| {
            !pure || !matches!(ty.all[t].kind, Kind::Iface(_) | Kind::Ptr(_))
        })
    }

    /// A variable declaration.
    pub fn decl(&mut self) {
        let t = self.var_type();
        let v = self.fresh("v");
        let name = self.tn(t);
        match self.r.below(12) {
            0 => self.emit("var $0 $1", &[&v, &name]),
            1..=3 => {
                let e = self.store(t, 3);
                self.emit("var $0 $1 = $2", &[&v, &name, &e.s]);
            }
            4 => {
                let (w, u) = (self.fresh("v"), self.basic_type());
                let (a, b) = (self.store_typed(t, 2), self.store_typed(u, 2));
                self.emit("$0, $1 := $2, $3", &[&v, &w, &a.s, &b.s]);
                self.bind(&w, u, true);
            }
            5 if matches!(self.kind(t), Kind::Slice(_)) || self.r.chance(50) => {
                return self.decl_linear(&v);
            }
            6 if self.on("map") => return self.decl_owned(&v),
            _ => {
                let e = self.store_typed(t, 3);
                self.emit("$0 := $1", &[&v, &e.s]);
            }
        }
        self.bind(&v, t, true);
    }

    /// A slice that stays unaliased.
    fn decl_linear(&mut self, v: &str) {
        let e = self.some_type(INT, |ty, t| ty.plain(t));
        let s = self.ty.slice(e);
        if self.r.chance(30) {
            self.emit("var $0 $1", &[v, &self.tn(s)]);
        } else {
            let parts: Vec<String> = (0..self.r.below(5)).map(|_| self.store(e, 2).s).collect();
            self.emit("$0 := $1{$2}", &[v, &self.tn(s), &parts.join(", ")]);
        }
        self.bind(v, s, true).linear = true;
    }

    /// A map that only this function writes.
    fn decl_owned(&mut self, v: &str) {
        let k = self.some_type(INT, |ty, t| ty.key(t));
        let e = self.some_type(INT, |ty, t| ty.plain(t));
        let m = self.ty.map(k, e);
        let most = if self.ty.is_int(k) { 4 } else { 2 };
        let n = if matches!(self.kind(k), Kind::Int { .. } | Kind::Str) {
            self.r.below(most)
        } else {
            0
        };
        let parts: Vec<String> = (0..n)
            .map(|i| format!("{}: {}", self.key_literal(k, i), self.store(e, 1).s))
            .collect();
        self.emit("$0 := $1{$2}", &[v, &self.tn(m), &parts.join(", ")]);
        self.bind(v, m, false).owned = true;
    }

    /// A random assignable place, whose type `want` accepts.
    pub fn place(&mut self, want: impl Fn(&Types, T) -> bool) -> Option<Place> {
        let (own, pure) = (self.fx.own, self.fx.pure);
        let vars = self.visible(|_| true);
        let vars: Vec<usize> = vars.into_iter().filter(|&i| !pure || i >= own).collect();
        if vars.is_empty() {
            return None;
        }
        for _ in 0..10 {
            let used = self.used();
            let i = self.r.pick(&vars);
            let v = self.vars[i].clone();
            let mut p = Place {
                guards: Vec::new(),
                s: v.name.clone(),
                t: v.ty,
            };
            let (mut writable, mut at_var) = (v.assign && !v.linear, true);
            for _ in 0..4 {
                if writable && want(&self.ty, p.t) && self.r.chance(if at_var { 55 } else { 75 }) {
                    if !at_var {
                        self.vars[i].used = true;
                    }
                    return Some(p);
                }
                let shared = !pure || (at_var && (v.linear || v.owned));
                match self.step(p, &mut writable, shared) {
                    Some(q) => p = q,
                    None => break,
                }
                at_var = false;
            }
            self.restore_used(&used);
        }
        None
    }

    /// Which variables count as used, to be restored when what used them is thrown away.
    fn used(&self) -> Vec<bool> {
        self.vars.iter().map(|v| v.used).collect()
    }

    fn restore_used(&mut self, used: &[bool]) {
        self.vars
            .iter_mut()
            .zip(used)
            .for_each(|(v, u)| v.used = *u);
    }

    /// One selection deeper into a place; `shared` allows going through a reference.
    fn step(&mut self, p: Place, writable: &mut bool, shared: bool) -> Option<Place> {
        let Place { mut guards, s, t } = p;
        match self.kind(t) {
            Kind::Struct(fs) => {
                let f = &fs[self.r.below(fs.len())];
                Some(Place {
                    guards,
                    s: format!("{s}.{}", f.name),
                    t: f.ty,
                })
            }
            Kind::Array(n, e) => {
                let i = self.index(n);
                Some(Place {
                    guards,
                    s: format!("{s}[{i}]"),
                    t: e,
                })
            }
            Kind::Slice(e) if shared => {
                let i = self.expr(UINT8, 1);
                let i = self.unconst(i);
                guards.push(format!("len({s}) > 0"));
                *writable = true;
                let s = format!("{s}[int({})%len({s})]", i.s);
                Some(Place { guards, s, t: e })
            }
            Kind::Map(k, e) if shared => {
                let key = self.leaf_flat(k);
                guards.push(format!("{s} != nil && len({s}) < 20"));
                *writable = true;
                let s = format!("{s}[{}]", key.s);
                // Only a whole element can be assigned.
                Some(Place {
                    guards,
                    s,
                    t: if self.ty.is_basic(e) { e } else { return None },
                })
            }
            Kind::Ptr(e) if shared => {
                guards.push(format!("{s} != nil"));
                *writable = true;
                let deref = matches!(self.kind(e), Kind::Struct(_)) && self.r.chance(60);
                if deref {
                    let Kind::Struct(fs) = self.kind(e) else {
                        return None;
                    };
                    let f = &fs[self.r.below(fs.len())];
                    return Some(Place {
                        guards,
                        s: format!("{s}.{}", f.name),
                        t: f.ty,
                    });
                }
                Some(Place {
                    guards,
                    s: format!("(*{s})"),
                    t: e,
                })
            }
            _ => None,
        }
    }

    /// Emits a statement, under the guards of the place it assigns to.
    pub fn guarded(&mut self, guards: &[String], text: &str) {
        if guards.is_empty() {
            self.emit("$0", &[text]);
        } else {
            let cond = E::new(guards.join(" && ")).header();
            self.block(&format!("if {cond}"), |g| g.emit("$0", &[text]));
        }
    }

    /// `place = value`.
    pub fn assign(&mut self) {
        let Some(p) = self.place(|_, _| true) else {
            return self.decl();
        };
        let e = self.store(p.t, 3);
        self.guarded(&p.guards, &format!("{} = {}", p.s, e.s));
    }

    /// `place op= value`, `place++`.
    pub fn op_assign(&mut self) {
        let Some(p) = self.place(|ty, t| ty.is_num(t) || matches!(ty.all[t].kind, Kind::Str))
        else {
            return self.decl();
        };
        let text = match self.kind(p.t) {
            Kind::Str => {
                let e = self.store(p.t, 2);
                let mut guards = p.guards.clone();
                guards.push(format!("len({}) < 50", p.s));
                return self.guarded(&guards, &format!("{} += {}", p.s, e.s));
            }
            _ if self.r.chance(20) => format!("{}{}", p.s, self.r.pick(&["++", "--"])),
            Kind::Float => {
                let e = self.expr(p.t, 2);
                format!("{} {}= {}", p.s, self.r.pick(&["+", "-", "*"]), e.s)
            }
            _ => self.int_op_assign(&p),
        };
        self.guarded(&p.guards, &text);
    }

    fn int_op_assign(&mut self, p: &Place) -> String {
        let op = self
            .r
            .pick(&["+", "-", "*", "&", "|", "^", "&^", "/", "%", "<<", ">>"]);
        let e = match op {
            "<<" | ">>" => {
                let ct = self.int_type();
                let c = self.expr(ct, 1);
                let c = self.unconst(c);
                self.binary("&", c, E::int("31", 31))
            }
            "/" | "%" => {
                let e = self.expr(p.t, 2);
                let e = self.unconst(e);
                self.binary("|", e, E::int("1", 1))
            }
            _ => self.expr(p.t, 2),
        };
        format!("{} {op}= {}", p.s, e.s)
    }

    /// `a, b = b, a` and its like.
    pub fn swap(&mut self) {
        let used = self.used();
        let Some(p) = self.place(|ty, t| ty.plain(t)) else {
            return self.decl();
        };
        let t = p.t;
        let Some(q) = self.place(|_, x| x == t) else {
            self.restore_used(&used);
            return self.assign();
        };
        let mut guards = p.guards.clone();
        guards.extend(q.guards.clone());
        let (a, b) = if self.r.chance(60) {
            // Reading both places uses their variables.
            self.mark(&p.s);
            self.mark(&q.s);
            (q.s.clone(), p.s.clone())
        } else {
            (self.store(t, 2).s, self.store(t, 2).s)
        };
        self.guarded(&guards, &format!("{}, {} = {a}, {b}", p.s, q.s));
    }

    /// The variable at the root of a place is read.
    fn mark(&mut self, place: &str) {
        for v in self
            .vars
            .iter_mut()
            .filter(|v| !v.hidden && v.name == place)
        {
            v.used = true;
        }
    }

    /// Appends, copies, deletes, clears.
    pub fn grow(&mut self) {
        let (own, pure) = (self.fx.own, self.fx.pure);
        let fit = self.visible(|v| v.linear || v.owned || !pure);
        let fit: Vec<usize> = fit
            .into_iter()
            .filter(|&i| {
                (!pure || i >= own)
                    && matches!(self.kind(self.vars[i].ty), Kind::Slice(_) | Kind::Map(..))
            })
            .collect();
        if fit.is_empty() {
            return self.decl();
        }
        let i = self.r.pick(&fit);
        let (linear, assign, t) = (self.vars[i].linear, self.vars[i].assign, self.vars[i].ty);
        let v = self.use_var(i);
        match self.kind(t) {
            Kind::Slice(e) => self.grow_slice(&v, t, e, linear, assign),
            Kind::Map(k, e) => {
                if self.r.chance(8) {
                    return self.emit("clear($0)", &[&v]);
                }
                let key = self.leaf_flat(k);
                match self.r.below(6) {
                    0 | 1 => self.emit("delete($0, $1)", &[&v, &key.s]),
                    _ => {
                        let e = self.store(e, 2);
                        let cond = format!("{v} != nil && len({v}) < 20");
                        self.guarded(&[cond], &format!("{v}[{}] = {}", key.s, e.s));
                    }
                }
            }
            _ => {}
        }
    }

    fn grow_slice(&mut self, v: &str, t: T, e: T, linear: bool, assign: bool) {
        let base = if linear {
            v.to_string()
        } else {
            format!("{v}[:len({v}):len({v})]")
        };
        match self.r.below(8) {
            0 => {
                let other = self.expr(t, 1);
                self.emit("copy($0, $1)", &[v, &other.s]);
            }
            1 if self.r.chance(30) => self.emit("clear($0)", &[v]),
            2 if self.ty.is_int(e) => {
                self.import("slices");
                let f = self.r.pick(&["Sort", "Reverse"]);
                self.emit("slices.$0($1)", &[f, v]);
            }
            3 if assign => {
                let other = self.expr(t, 1);
                self.guarded(
                    &[format!("len({v})+len({}) < 30", other.s)],
                    &format!("{v} = append({base}, {}...)", other.s),
                );
            }
            _ if assign => {
                let parts: Vec<String> = (0..self.r.range(1, 3))
                    .map(|_| self.store(e, 2).s)
                    .collect();
                self.guarded(
                    &[format!("len({v}) < 30")],
                    &format!("{v} = append({base}, {})", parts.join(", ")),
                );
            }
            _ => self.emit("_ = $0", &[v]),
        }
    }

    /// `v, ok := …` from a map or an interface.
    pub fn comma_ok(&mut self) {
        let (v, ok) = (self.fresh("v"), self.fresh("ok"));
        let m = self.some_type(ANY, |ty, t| matches!(ty.all[t].kind, Kind::Map(..)));
        let t = match self.kind(m) {
            Kind::Map(k, e) if self.r.chance(60) => {
                let (m, k) = (self.expr(m, 1), self.leaf_flat(k));
                self.emit("$0, $1 := $2[$3]", &[&v, &ok, &m.s, &k.s]);
                e
            }
            _ => {
                let t = self.some_type(INT, |ty, t| ty.printable(t) && t != ANY);
                let e = self.typed(ANY, 2);
                self.emit("$0, $1 := $2.($3)", &[&v, &ok, &e.s, &self.tn(t)]);
                t
            }
        };
        self.bind(&v, t, true);
        self.bind(&ok, BOOL, true);
    }

    /// Calls a function, a method or a function value as a statement.
    pub fn call_stmt(&mut self) {
        let still = self.fx.still;
        match self.r.below(10) {
            0..=2 if !still && !self.fx.pure && self.on("closure") => self.call_value(),
            3..=5 => self.call_method(),
            _ => self.call_function(),
        }
    }

    fn call_function(&mut self) {
        let (pure, still) = (self.fx.pure, self.fx.still);
        let fit: Vec<usize> = (0..self.funcs.len())
            .filter(|&i| {
                let f = &self.funcs[i];
                (f.pure || !pure) && (!f.dynamic || !still) && self.affords(f.cost + 10)
            })
            .collect();
        if fit.is_empty() {
            return self.decl();
        }
        let i = self.r.pick(&fit);
        let text = self.call_text(i, 2);
        let results = self.funcs[i].results.clone();
        self.receive(&text, &results);
    }

    /// A call statement whose results, if any, become variables.
    pub fn receive(&mut self, call: &str, results: &[T]) {
        if results.is_empty() || self.r.chance(10) {
            return self.emit("$0", &[call]);
        }
        let mut names: Vec<String> = results.iter().map(|_| self.fresh("v")).collect();
        for name in names.iter_mut().skip(1) {
            if self.r.chance(15) {
                *name = "_".into();
            }
        }
        self.emit("$0 := $1", &[&names.join(", "), call]);
        for (n, t) in names.iter().zip(results).filter(|(n, _)| *n != "_") {
            self.bind(n, *t, true);
        }
    }

    /// Calls a method with effects, or an interface's.
    fn call_method(&mut self) {
        let (pure, still) = (self.fx.pure, self.fx.still);
        let mut fit: Vec<(usize, usize, bool)> = Vec::new();
        for i in self.visible(|v| v.assign) {
            let t = self.vars[i].ty;
            if let Kind::Iface(sigs) = self.kind(t) {
                if !still && !pure {
                    fit.extend(sigs.iter().map(|&s| (i, s, true)));
                }
                continue;
            }
            fit.extend(
                self.methods_of(t)
                    .into_iter()
                    .filter(|&s| !pure && !self.sigs[s].pure)
                    .map(|s| (i, s, false)),
            );
        }
        if fit.is_empty() || !self.affords(270) {
            return self.call_function();
        }
        let (i, s, iface) = self.r.pick(&fit);
        self.spend(260);
        self.fx.dynamic |= iface;
        let recv = self.use_var(i);
        let (args, results) = (self.args(s, 2), self.sigs[s].results.clone());
        let call = format!("{recv}.{}({args})", self.sigs[s].name);
        if iface {
            return self.block(&format!("if {recv} != nil"), |g| {
                g.scope(|g| g.receive(&call, &results))
            });
        }
        self.receive(&call, &results);
    }

    /// Calls a function value that is not nil.
    fn call_value(&mut self) {
        let fit: Vec<usize> = self
            .visible(|_| true)
            .into_iter()
            .filter(|&i| matches!(self.kind(self.vars[i].ty), Kind::Func(..)))
            .collect();
        if fit.is_empty() || !self.affords(260) {
            return self.call_function();
        }
        let i = self.r.pick(&fit);
        let Kind::Func(ps, rs) = self.kind(self.vars[i].ty) else {
            return;
        };
        self.spend(250);
        self.fx.dynamic = true;
        let f = self.use_var(i);
        let args: Vec<String> = ps.iter().map(|p| self.expr(*p, 2).s).collect();
        let call = format!("{f}({})", args.join(", "));
        self.block(&format!("if {f} != nil"), |g| {
            g.scope(|g| g.receive(&call, &rs))
        });
    }

    /// Prints some values under a number of its own.
    pub fn print(&mut self) {
        if !self.affords(100) {
            return self.checksum();
        }
        self.spend(90);
        self.import("fmt");
        let id = self.trace_id().to_string();
        if self.on("fmtverbs") && self.r.chance(35) {
            let (format, args) = self.format(3);
            let format = format!("\"t{id} {}\\n\"", format.trim_matches('"'));
            return self.emit("fmt.Printf($0$1)", &[&format, &args]);
        }
        let vars = self.visible(|_| true);
        let mut args = format!("\"t{id}\"");
        for _ in 0..self.r.range(1, 3) {
            if !vars.is_empty() && self.r.chance(65) {
                // The youngest variables are the likeliest to have something to tell.
                let from = vars.len().saturating_sub(8);
                let i = vars[if self.r.chance(60) {
                    self.r.range(from, vars.len() - 1)
                } else {
                    self.r.below(vars.len())
                }];
                let shown = {
                    let (n, t) = (self.vars[i].name.clone(), self.vars[i].ty);
                    self.show(&n, t)
                };
                if !shown.is_empty() {
                    self.vars[i].used = true;
                }
                shown.iter().for_each(|s| args.push_str(&format!(", {s}")));
            } else {
                let t = if self.fx.quiet {
                    INT
                } else {
                    self.some_type(INT, |ty, t| ty.printable(t))
                };
                args.push_str(&format!(", {}", self.typed(t, 3).s));
            }
        }
        self.emit("fmt.Println($0)", &[&args]);
    }

    /// Mixes an integer into the program's checksum.
    pub fn checksum(&mut self) {
        let t = self.int_type();
        let e = self.expr(t, 3);
        let e = self.unconst(e);
        let chk = self.need("chk");
        self.emit("$0(uint64($1))", &[chk, &e.s]);
    }
}
