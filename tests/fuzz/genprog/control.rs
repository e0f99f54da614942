//! Compound statements: if, for in all its forms, switch, type switch, blocks, jumps, defer.

use crate::gen_state::{E, Fx, Gen, Loop};
use crate::types::*;
use std::collections::BTreeSet;

impl Gen {
    /// A few statements in a scope of their own.
    fn body(&mut self) {
        let n = self.r.range(1, 3);
        self.scope(|g| g.stmts(n));
    }

    /// `if`, with init statements and `else` branches.
    pub fn if_stmt(&mut self) {
        let from = self.vars.len();
        let cond = if self.r.chance(20) {
            let (v, t) = (self.fresh("v"), self.int_type());
            let e = self.typed(t, 2);
            self.bind(&v, t, true).used = true;
            let op = self.r.pick(&["<", ">", "==", "!=", "<=", ">="]);
            let rhs = self.leaf(t);
            let c = E {
                s: format!("{} {op} {}", v, rhs.s),
                p: 3,
                cv: None,
                k: false,
            };
            format!("{v} := {}; {}", e.header(), c.header())
        } else {
            self.expr(BOOL, 3).header()
        };
        self.emit("if $0 {", &[&cond]);
        self.ind += 1;
        self.body();
        self.ind -= 1;
        for _ in 0..self.r.below(3) {
            if self.r.chance(50) {
                let c = self.expr(BOOL, 2).header();
                self.emit("} else if $0 {", &[&c]);
                self.ind += 1;
                self.body();
                self.ind -= 1;
            }
        }
        if self.r.chance(45) {
            self.emit("} else {", &[]);
            self.ind += 1;
            self.body();
            self.ind -= 1;
        }
        self.emit("}", &[]);
        self.vars.truncate(from);
    }

    /// A loop of a random form.
    pub fn for_stmt(&mut self) {
        let pure = self.fx.pure;
        if !self.affords(240) {
            return self.decl();
        }
        match self.r.below(12) {
            0..=2 => self.for_clause(),
            3 => self.for_range_int(),
            4 | 5 => self.for_range_value(),
            6 if self.on("map") => self.for_range_map(),
            7 => self.for_count_down(),
            8 if self.on("iter") => self.for_iter(),
            9 if !pure && self.on("chan") => self.for_chan(),
            10 => self.for_ever(),
            _ => self.for_clause(),
        }
    }

    /// The loop `head { first; body }` with about `trips` iterations; `vars` are its variables.
    fn loop_with(&mut self, head: &str, first: &str, vars: &[(String, T, bool)], trips: u64) {
        let label = self.fresh("L");
        self.fx.loops.push(Loop {
            label: label.clone(),
            used: false,
        });
        let mult = self.fx.mult;
        self.fx.mult = mult.saturating_mul(trips);
        let n = self.r.range(1, 3);
        self.ind += 1;
        let body = self.capture(|g| {
            g.scope(|g| {
                for (v, t, assign) in vars {
                    g.bind(v, *t, *assign);
                }
                if !first.is_empty() {
                    g.emit("$0", &[first]);
                }
                g.stmts(n);
            })
        });
        self.ind -= 1;
        self.fx.mult = mult;
        if let Some(l) = self.fx.loops.pop()
            && l.used
        {
            self.emit("$0:", &[&label]);
        }
        self.emit("for $0 {", &[head]);
        self.out.push_str(&body);
        self.emit("}", &[]);
    }

    fn for_clause(&mut self) {
        let (i, t) = (self.fresh("i"), self.int_type());
        let n = self.r.range(1, 12);
        let name = self.tn(t);
        let (head, trips) = match self.r.below(4) {
            0 => (format!("{i} := {name}({n}); {i} > 0; {i}--"), n),
            1 => (format!("{i} := {name}(0); {i} < {}; {i} += 3", n * 3), n),
            2 => {
                let e = self.expr(UINT8, 1);
                let e = self.unconst(e);
                (
                    format!("{i} := {name}({}%{}); {i} < 13; {i}++", e.at(6), n),
                    13,
                )
            }
            _ => (format!("{i} := {name}(0); {i} < {n}; {i}++"), n),
        };
        self.loop_with(&head, "", &[(i, t, false)], trips as u64);
    }

    fn for_range_int(&mut self) {
        let i = self.fresh("i");
        let t = self.int_type();
        let n = self.r.range(1, 9);
        let over = if t == INT {
            n.to_string()
        } else {
            format!("{}({n})", self.tn(t))
        };
        if self.r.chance(10) {
            return self.loop_with(&format!("range {n}"), "", &[], n as u64);
        }
        // The variable may be assigned to: each iteration has its own.
        self.loop_with(
            &format!("{i} := range {over}"),
            "",
            &[(i, t, true)],
            n as u64,
        );
    }

    fn for_range_value(&mut self) {
        let fit: Vec<usize> = self
            .visible(|_| true)
            .into_iter()
            .filter(|&i| {
                matches!(
                    self.kind(self.vars[i].ty),
                    Kind::Slice(_) | Kind::Array(..) | Kind::Str
                )
            })
            .collect();
        if fit.is_empty() {
            return self.for_range_int();
        }
        let n = self.r.pick(&fit);
        let t = self.vars[n].ty;
        let over = self.use_var(n);
        let (e, trips) = match self.kind(t) {
            Kind::Slice(e) => (e, 10),
            Kind::Array(n, e) => (e, n as u64),
            _ => (INT32, 20),
        };
        let (i, x) = (self.fresh("i"), self.fresh("x"));
        match self.r.below(6) {
            0 => self.loop_with(
                &format!("{i} := range {over}"),
                "",
                &[(i, INT, false)],
                trips,
            ),
            1 => self.loop_with(
                &format!("_, {x} := range {over}"),
                "",
                &[(x, e, true)],
                trips,
            ),
            2 => self.loop_with(&format!("range {over}"), "", &[], trips),
            _ => self.loop_with(
                &format!("{i}, {x} := range {over}"),
                "",
                &[(i, INT, false), (x, e, true)],
                trips,
            ),
        }
    }

    /// Folds over a map in a way that does not depend on the order.
    fn for_range_map(&mut self) {
        let fit: Vec<usize> = self
            .visible(|_| true)
            .into_iter()
            .filter(|&i| matches!(self.kind(self.vars[i].ty), Kind::Map(..)))
            .collect();
        if fit.is_empty() {
            return self.for_clause();
        }
        let i = self.r.pick(&fit);
        let Kind::Map(k, e) = self.kind(self.vars[i].ty) else {
            return;
        };
        let m = self.use_var(i);
        let (acc, t, kv, xv) = (
            self.fresh("v"),
            self.int_type(),
            self.fresh("k"),
            self.fresh("x"),
        );
        self.emit("var $0 $1", &[&acc, &self.tn(t)]);
        let op = self.r.pick(&["+=", "^=", "+="]);
        let mult = self.fx.mult;
        self.fx.mult = mult.saturating_mul(12);
        self.block(&format!("for {kv}, {xv} := range {m}"), |g| {
            g.scope(|g| {
                g.bind(&kv, k, false);
                g.bind(&xv, e, false);
                let x = g.expr(t, 3);
                g.emit("$0 $1 $2", &[&acc, op, &x.s]);
            })
        });
        self.fx.mult = mult;
        self.bind(&acc, t, true);
    }

    fn for_count_down(&mut self) {
        let n = self.fresh("n");
        let e = self.expr(INT, 2);
        let e = self.unconst(e);
        self.emit("$0 := $1&7", &[&n, &e.at(6)]);
        let cond = if self.r.chance(50) {
            String::new()
        } else {
            format!(" && {}", self.expr(BOOL, 1).at(3))
        };
        self.bind(&n, INT, false).used = true;
        let head = E::new(format!("{n} > 0{cond}")).header();
        self.loop_with(&head, &format!("{n}--"), &[], 8);
    }

    fn for_iter(&mut self) {
        let (i, x) = (self.fresh("i"), self.fresh("x"));
        if self.r.chance(50) {
            let n = self.r.range(1, 7);
            let head = format!("{i} := range {}({n})", self.need("count"));
            return self.loop_with(&head, "", &[(i, INT, true)], n as u64);
        }
        let s = self.some_type(STR, |ty, t| {
            matches!(ty.all[t].kind, Kind::Slice(_)) && !ty.all[t].named
        });
        let Kind::Slice(e) = self.kind(s) else {
            return self.for_range_int();
        };
        let over = self.expr(s, 1);
        let head = format!("{i}, {x} := range {}({})", self.need("each"), over.s);
        self.loop_with(&head, "", &[(i, INT, false), (x, e, true)], 10);
    }

    fn for_chan(&mut self) {
        let (c, x, n) = (self.fresh("c"), self.fresh("x"), self.r.range(1, 5));
        let t = self.some_type(INT, |ty, t| ty.plain(t));
        self.emit(
            "$0 := make(chan $1, $2)",
            &[&c, &self.tn(t), &n.to_string()],
        );
        for _ in 0..self.r.below(n + 1) {
            let e = self.store(t, 2);
            self.emit("$0 <- $1", &[&c, &e.s]);
        }
        self.emit("close($0)", &[&c]);
        self.loop_with(&format!("{x} := range {c}"), "", &[(x, t, true)], n as u64);
    }

    fn for_ever(&mut self) {
        let (n, most) = (self.fresh("n"), self.r.range(1, 7));
        self.emit("$0 := 0", &[&n]);
        self.bind(&n, INT, false).used = true;
        let first = format!("if {n}++; {n} > {most} {{ break }}");
        self.loop_with("", &first, &[], most as u64);
    }

    /// A conditional break, continue or return.
    pub fn jump(&mut self) {
        let cond = self.expr(BOOL, 2).header();
        self.emit("if $0 {", &[&cond]);
        self.ind += 1;
        let n = self.fx.loops.len();
        if n > 0 && self.r.chance(80) {
            let at = self.r.below(n);
            let word = self.r.pick(&["break", "continue"]);
            // In a switch an unlabelled break would only leave the switch: still valid, so both forms are used.
            if at + 1 < n || self.r.chance(40) {
                self.fx.loops[at].used = true;
                let label = self.fx.loops[at].label.clone();
                self.emit("$0 $1", &[word, &label]);
            } else {
                self.emit("$0", &[word]);
            }
        } else {
            self.return_stmt();
        }
        self.ind -= 1;
        self.emit("}", &[]);
    }

    /// A return of the function's results.
    pub fn return_stmt(&mut self) {
        let results = self.fx.results.clone();
        if results.is_empty() || (!self.fx.named.is_empty() && self.r.chance(50)) {
            return self.emit("return", &[]);
        }
        let parts: Vec<String> = results.iter().map(|t| self.store(*t, 3).s).collect();
        self.emit("return $0", &[&parts.join(", ")]);
    }

    /// A block that declares an outer name anew.
    pub fn shadow_block(&mut self) {
        let named = self.fx.named.clone();
        let fit = self.visible(|v| {
            !v.linear && !v.owned && v.name.starts_with('v') && !named.contains(&v.name)
        });
        self.emit("{", &[]);
        self.ind += 1;
        self.scope(|g| {
            if !fit.is_empty() {
                let i = g.r.pick(&fit);
                let (name, t) = (g.vars[i].name.clone(), g.vars[i].ty);
                let other = if g.r.chance(60) { t } else { g.basic_type() };
                let e = g.store_typed(other, 2);
                g.emit("$0 := $1", &[&name, &e.s]);
                g.bind(&name, other, true);
            }
            let n = g.r.range(1, 3);
            g.stmts(n);
        });
        self.ind -= 1;
        self.emit("}", &[]);
    }

    /// An expression switch.
    pub fn switch_stmt(&mut self) {
        let from = self.vars.len();
        let t = if self.r.chance(25) {
            BOOL
        } else {
            self.some_type(INT, |ty, t| ty.is_int(t) || t == STR)
        };
        if t == BOOL {
            self.emit("switch {", &[]);
        } else if self.r.chance(25) {
            let v = self.fresh("v");
            let e = self.typed(t, 2).header();
            self.emit("switch $0 := $1; $0 {", &[&v, &e]);
            self.bind(&v, t, true).used = true;
        } else {
            let e = self.typed(t, 2);
            let e = self.unconst(e).header();
            self.emit("switch $0 {", &[&e]);
        }
        let n = self.r.range(1, 4);
        let default = if self.r.chance(60) {
            self.r.below(n + 1)
        } else {
            n + 1
        };
        let mut seen = BTreeSet::new();
        for i in 0..=n {
            if i == default {
                self.emit("default:", &[]);
            } else if i < n {
                let list = self.cases(t, &mut seen);
                self.emit("case $0:", &[&list]);
            } else {
                continue;
            }
            self.ind += 1;
            self.body();
            let last = i >= n || (i == n - 1 && default != n);
            if !last && self.r.chance(20) {
                self.emit("fallthrough", &[]);
            }
            self.ind -= 1;
        }
        self.emit("}", &[]);
        self.vars.truncate(from);
    }

    /// The expressions of one case; constants never repeat.
    fn cases(&mut self, t: T, seen: &mut BTreeSet<String>) -> String {
        let mut list = Vec::new();
        for _ in 0..self.r.range(1, 3) {
            let e = if t == BOOL || self.r.chance(25) {
                let e = self.expr(t, 2);
                self.unconst(e)
            } else {
                self.literal(t)
            };
            let id = e.cv.map_or(e.s.clone(), |v| v.to_string());
            if e.k && !seen.insert(id) {
                continue;
            }
            list.push(e.s);
        }
        if list.is_empty() {
            let e = self.leaf(t);
            list.push(self.unconst(e).s);
        }
        list.join(", ")
    }

    /// A type switch on an interface value.
    pub fn type_switch(&mut self) {
        let ifaces = self.some_type(ANY, |ty, t| matches!(ty.all[t].kind, Kind::Iface(_)));
        let over = if self.r.chance(70) || self.fx.quiet {
            ANY
        } else {
            ifaces
        };
        let e = self.typed(over, 2);
        let x = self.fresh("x");
        let value = if over == ANY {
            e.s
        } else {
            format!("any({})", e.s)
        };
        let value = E::new(value).header();
        self.emit("switch $0 := $1.(type) {", &[&x, &value]);
        let mut seen: BTreeSet<T> = BTreeSet::new();
        let mut nil = false;
        for i in 0..self.r.range(2, 5) {
            let t = self.some_type(INT, |ty, t| t != ANY && (over != ANY || ty.printable(t)));
            let u = self.some_type(INT, |_, t| t != ANY && t != ERROR);
            if !seen.insert(t) {
                continue;
            }
            let several = self.r.chance(20) && seen.insert(u);
            if several {
                self.emit("case $0, $1:", &[&self.tn(t), &self.tn(u)]);
            } else if i == 2 && !nil {
                nil = true;
                self.emit("case nil:", &[]);
            } else {
                self.emit("case $0:", &[&self.tn(t)]);
            }
            self.ind += 1;
            let bound = if several || (i == 2 && nil) { ANY } else { t };
            self.scope(|g| {
                g.bind(&x, bound, false);
                g.body();
            });
            self.ind -= 1;
        }
        self.emit("default:", &[]);
        self.emit("\t_ = $0", &[&x]);
        self.emit("}", &[]);
    }

    /// A deferred call; some recover.
    pub fn defer_stmt(&mut self) {
        if self.fx.mult > 12 || !self.on("defer") || !self.affords(150) {
            return self.decl();
        }
        self.spend(120);
        self.import("fmt");
        let id = self.trace_id().to_string();
        if self.r.chance(30) {
            let t = self.basic_type();
            let e = self.typed(t, 2);
            return self.emit("defer fmt.Println(\"d$0\", $1)", &[&id, &e.s]);
        }
        let mut fx = Fx::new(false, true, &[], self.vars.len(), 250);
        fx.quiet = self.fx.quiet;
        fx.lits = self.fx.lits + 1;
        let named: Vec<(String, T)> = self
            .fx
            .named
            .iter()
            .cloned()
            .zip(self.fx.results.iter().copied())
            .collect();
        let recovers = self.r.chance(50);
        let (body, _) = self.under(fx, |g| {
            g.emit("fmt.Println(\"d$0\")", &[&id]);
            if recovers {
                g.emit("if e := recover(); e != nil {", &[]);
                g.emit("\tfmt.Println(\"recovered d$0\", e)", &[&id]);
                if let Some((n, t)) = named.first() {
                    let e = g.store(*t, 1);
                    g.emit("\t$0 = $1", &[n, &e.s]);
                }
                g.emit("}", &[]);
            }
            g.stmts(1);
        });
        self.emit("defer func() {", &[]);
        self.out.push_str(&body);
        self.emit("}()", &[]);
    }
}
