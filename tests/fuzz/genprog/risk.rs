//! Statements that may panic. Each does one thing that can go wrong, so that what is reported first is beyond doubt.

use crate::gen_state::Gen;
use crate::types::*;

impl Gen {
    /// A statement that may panic, mostly under `try`.
    pub fn risky(&mut self) {
        if !self.on("panic") || !self.affords(130) {
            return self.decl();
        }
        self.spend(120);
        if self.fx.lits > 0 || self.r.chance(6) {
            return self.scoped_risk();
        }
        let id = self.trace_id().to_string();
        self.need("try");
        self.emit("try($0, func() {", &[&id]);
        self.ind += 1;
        // Inside the literal there is nothing to return and no loop to leave.
        let (results, named) = (
            std::mem::take(&mut self.fx.results),
            std::mem::take(&mut self.fx.named),
        );
        let loops = std::mem::take(&mut self.fx.loops);
        self.fx.lits += 1;
        self.scoped_risk();
        self.fx.lits -= 1;
        (self.fx.results, self.fx.named, self.fx.loops) = (results, named, loops);
        self.ind -= 1;
        self.emit("})", &[]);
    }

    fn scoped_risk(&mut self) {
        if self.fx.lits > 0 {
            self.scope(|g| g.risk());
        } else {
            self.emit("{", &[]);
            self.ind += 1;
            self.scope(|g| g.risk());
            self.ind -= 1;
            self.emit("}", &[]);
        }
    }

    fn small(&mut self) -> String {
        let t = self.r.pick(&[INT, INT8, INT, UINT8, UINT64, INT64]);
        let e = self.expr(t, 1);
        let e = self.unconst(e);
        if self.r.chance(50) {
            format!("{}%7", e.at(6))
        } else {
            e.s
        }
    }

    /// `template` with `$0`: prints the value that was reached, if it was.
    fn tell(&mut self, value: &str) {
        self.import("fmt");
        let id = self.trace_id().to_string();
        self.emit("fmt.Println(\"r$0\", $1)", &[&id, value]);
    }

    fn risk(&mut self) {
        match self.r.below(26) {
            0..=3 => self.risk_index(),
            4 | 5 => self.risk_division(),
            6..=8 => self.risk_slice(),
            9..=11 => self.risk_assertion(),
            12 | 13 => self.risk_nil(),
            14 => self.risk_shift(),
            15 => self.risk_make(),
            16 => self.risk_unhashable(),
            17 if self.on("chan") => self.risk_chan(),
            18 => {
                self.import("strings");
                let n = self.small();
                self.tell(&format!("len(strings.Repeat(\"ab\", int({n})%9))"));
            }
            19 => self.risk_array_conversion(),
            20 if self.on("iface") => self.risk_wrapper(),
            _ => self.risk_panic(),
        }
    }

    fn risk_index(&mut self) {
        let i = self.small();
        let fit = self.visible(|_| true);
        let fit: Vec<usize> = fit
            .into_iter()
            .filter(|&v| {
                matches!(
                    self.kind(self.vars[v].ty),
                    Kind::Slice(_) | Kind::Array(..) | Kind::Str
                )
            })
            .collect();
        if fit.is_empty() {
            self.emit("xs := []int{1, 2, 3}", &[]);
            return self.tell(&format!("xs[{i}]"));
        }
        let v = self.r.pick(&fit);
        let (t, assign) = (self.vars[v].ty, self.vars[v].assign);
        let name = self.use_var(v);
        match self.kind(t) {
            Kind::Slice(e) | Kind::Array(_, e) if assign && self.r.chance(40) => {
                let x = self.literal(e);
                self.emit("$0[$1] = $2", &[&name, &i, &x.s]);
            }
            Kind::Slice(e) | Kind::Array(_, e) => {
                self.emit("x := $0[$1]", &[&name, &i]);
                let shown = self.show("x", e).join(", ");
                if shown.is_empty() {
                    self.emit("_ = x", &[])
                } else {
                    self.tell(&shown)
                }
            }
            _ => self.tell(&format!("{name}[{i}]")),
        }
    }

    fn risk_division(&mut self) {
        let t = self.int_type();
        let (a, b) = (self.expr(t, 2), self.expr(t, 1));
        let b = self.unconst(b);
        let op = self.r.pick(&["/", "%"]);
        let e = self.binary(op, a, b);
        self.tell(&e.s);
    }

    fn risk_slice(&mut self) {
        let (a, b) = (self.small(), self.small());
        self.emit("lo, hi := int($0)%9, int($1)%9", &[&a, &b]);
        match self.r.below(5) {
            0 => {
                let e = self.expr(STR, 2);
                let e = self.unconst(e);
                let form = self.r.pick(&["lo:", ":hi", "lo:hi"]);
                self.emit("s := $0", &[&e.s]);
                self.tell(&format!("s[{form}]"));
                self.emit("_, _ = lo, hi", &[]);
            }
            1 => {
                let n = self.r.range(1, 6).to_string();
                self.emit("var arr [$0]int16", &[&n]);
                self.tell("arr[lo:hi]");
            }
            2 => {
                self.emit("s := make([]int8, 3, 5)", &[]);
                self.tell("s[lo:hi]");
            }
            3 => {
                let m = self.small();
                self.emit("s := make([]string, 4, 6)", &[]);
                self.tell(&format!("len(s[lo:hi:int({m})%9])"));
            }
            _ => {
                self.emit("s := []int{1, 2, 3, 4}", &[]);
                self.emit("_ = hi", &[]);
                self.tell("s[lo:]");
            }
        }
    }

    fn risk_assertion(&mut self) {
        let ifaces = self.some_type(ANY, |ty, t| matches!(ty.all[t].kind, Kind::Iface(_)));
        if ifaces != ANY && self.r.chance(35) {
            let e = self.typed(ANY, 2);
            self.emit("x := $0.($1)", &[&e.s, &self.tn(ifaces)]);
            return self.tell("x == nil");
        }
        if ifaces != ANY && self.r.chance(25) {
            let e = self.typed(ifaces, 2);
            let t = self.some_type(INT, |ty, t| ty.printable(t) && t != ANY);
            return self.tell(&format!("any({}).({})", e.s, self.tn(t)));
        }
        let e = self.typed(ANY, 2);
        let t = self.some_type(INT, |ty, t| ty.printable(t) && t != ANY);
        self.tell(&format!("{}.({})", e.s, self.tn(t)));
    }

    fn risk_nil(&mut self) {
        let t = self.some_type(INT, |ty, t| matches!(ty.all[t].kind, Kind::Ptr(_)));
        if let Kind::Ptr(e) = self.kind(t)
            && self.r.chance(60)
        {
            let p = self.expr(t, 1);
            self.emit("p := $0", &[&p.s]);
            match self.kind(e) {
                Kind::Struct(fs) if self.r.chance(60) => {
                    let f = fs[self.r.below(fs.len())].clone();
                    let x = self.literal(f.ty);
                    self.emit("p.$0 = $1", &[&f.name, &x.s]);
                }
                _ => self.emit("_ = *p", &[]),
            }
            return self.tell("p != nil");
        }
        match self.r.below(4) {
            0 => {
                self.emit("var m map[string]int", &[]);
                self.emit("m[\"k\"]++", &[]);
            }
            1 => {
                self.emit("var f func(int) int", &[]);
                self.tell("f(1)");
            }
            2 => {
                self.emit("var e error", &[]);
                self.tell("e.Error()");
            }
            _ => {
                self.emit("var a *[3]int", &[]);
                self.emit("for i := range a {\n\ta[i] = i\n}", &[]);
            }
        }
    }

    fn risk_shift(&mut self) {
        let n = self.small();
        self.emit("n := int($0)%9", &[&n]);
        let t = self.int_type();
        let e = self.expr(t, 1);
        let e = self.unconst(e);
        let op = self.r.pick(&["<<", ">>"]);
        self.tell(&format!("{} {op} n", e.at(6)));
    }

    fn risk_make(&mut self) {
        let (n, c) = (self.small(), self.small());
        self.emit("n, c := int($0)%9, int($1)%9", &[&n, &c]);
        match self.r.below(3) {
            0 => {
                self.emit("_ = c", &[]);
                self.tell("len(make([]string, n))");
            }
            1 => self.tell("cap(make([]int32, n, c))"),
            _ => {
                self.emit("_ = c", &[]);
                self.tell("cap(make(chan int, n))");
            }
        }
    }

    fn risk_unhashable(&mut self) {
        let t = self.some_type(INT, |ty, t| ty.printable(t) && !ty.has_any(t));
        let e = self.store_typed(t, 1);
        if self.r.chance(50) {
            self.emit("m := map[any]int{}", &[]);
            self.emit("m[any($0)] = 1", &[&e.s]);
            self.tell("len(m)");
        } else {
            self.emit("a, b := any($0), any($0)", &[&e.s]);
            self.tell("a == b");
        }
    }

    fn risk_chan(&mut self) {
        self.emit("c := make(chan int, 1)", &[]);
        match self.r.below(3) {
            0 => self.emit("close(c)\nclose(c)", &[]),
            1 => self.emit("close(c)\nc <- 1", &[]),
            _ => self.emit("c = nil\nclose(c)", &[]),
        }
    }

    fn risk_array_conversion(&mut self) {
        let n = self.small();
        let k = self.r.range(1, 5);
        self.emit("s := make([]int16, uint(int($0)&7))", &[&n]);
        if self.r.chance(50) {
            self.tell(&format!("[{k}]int16(s)"));
        } else {
            self.tell(&format!("*(*[{k}]int16)(s)"));
        }
    }

    /// A value method called through an interface that holds a nil pointer; one that Go's compiler cannot see through.
    fn risk_wrapper(&mut self) {
        let mut fit: Vec<(T, usize)> = Vec::new();
        for t in 0..self.ty.all.len() {
            if matches!(self.ty.all[t].kind, Kind::Struct(_)) {
                fit.extend(
                    self.ty.all[t]
                        .methods
                        .iter()
                        .filter(|m| !m.ptr && !self.sigs[m.sig].results.is_empty())
                        .map(|m| (t, m.sig)),
                );
            }
        }
        if fit.is_empty() {
            return self.risk_panic();
        }
        let (t, s) = self.r.pick(&fit);
        let sig = self.sigs[s].clone();
        let params: Vec<String> = sig.params.iter().map(|p| self.tn(*p)).collect();
        let args: Vec<String> = sig.params.iter().map(|p| self.literal(*p).s).collect();
        let rs = self.ty.results(&sig.results);
        self.emit(
            "is := []interface{ $0($1)$2 }{(*$3)(nil)}",
            &[&sig.name, &params.join(", "), &rs, &self.tn(t)],
        );
        self.emit("is[len(is)-1].$0($1)", &[&sig.name, &args.join(", ")]);
    }

    fn risk_panic(&mut self) {
        self.import("fmt");
        let arg = match self.r.below(8) {
            0 => "nil".to_string(),
            1 => {
                self.import("errors");
                format!("errors.New({})", self.expr(STR, 1).s)
            }
            2 => format!("fmt.Errorf(\"wrapped: %w\", {})", self.typed(ERROR, 1).s),
            3 | 4 => format!("fmt.Sprint(\"p\", {})", self.expr(INT, 2).s),
            _ => {
                let t = self.some_type(INT, |ty, t| ty.printable(t) && !ty.has_any(t));
                self.typed(t, 1).s
            }
        };
        let c = self.expr(BOOL, 1).header();
        self.emit("if $0 {", &[&c]);
        self.emit("\tpanic($0)", &[&arg]);
        self.emit("}", &[]);
    }
}
