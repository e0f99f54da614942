//! Scenes about closures, generics, iterators, methods as values, defer and recover.

use crate::gen_state::Gen;
use crate::types::*;

impl Gen {
    /// One scene about a language feature.
    pub fn feature_scene(&mut self) {
        self.import("fmt");
        let id = self.trace_id().to_string();
        match self.r.below(17) {
            0 => self.counters_closure(&id),
            1 => self.loop_captures(&id),
            2 => self.defers(&id),
            3 => self.rethrow(&id),
            4 | 5 if self.on("generics") => self.generic_functions(&id),
            6 if self.on("generics") => self.generic_stack(&id),
            7 if self.on("generics") => self.generic_list(&id),
            8 if self.on("generics") => self.generic_number(&id),
            9 | 10 if self.on("iter") => self.iterators(&id),
            11 => self.method_values(&id),
            12 => self.embedding(&id),
            13 => self.variadics(&id),
            14 => self.formats(&id),
            15 => self.memo(&id),
            _ => self.dispatch(&id),
        }
    }

    fn counters_closure(&mut self, id: &str) {
        let t = self.int_type();
        let (step, start) = (
            self.pure_expr(&[("n", t), ("by", t)], t, 3),
            self.pure_expr(&[], t, 1),
        );
        let n = self.r.range(1, 6).to_string();
        self.emit("mk := func(n $0) (func($0) $0, func() $0) {\n\treturn func(by $0) $0 {\n\t\tn = $1\n\t\treturn n\n\t}, func() $0 { return n }\n}\ninc, get := mk($2)\ninc2, get2 := mk(1)\nfor i := range $3 {\n\tfmt.Println(\"c$4\", inc($0(i)), get(), inc2(get()), get2())\n}", &[&self.tn(t), &step, &start, &n, id]);
    }

    fn loop_captures(&mut self, id: &str) {
        let (n, k) = (
            self.r.range(1, 7).to_string(),
            self.r.range(1, 3).to_string(),
        );
        let e = self.pure_expr(&[("i", INT), ("x", INT)], INT, 3);
        self.emit("var fs []func(int) int\nvar ps []*int\nfor i := 0; i < $0; i++ {\n\tfs = append(fs, func(x int) int {\n\t\ti += $1\n\t\treturn $2\n\t})\n\tps = append(ps, &i)\n\tif i%3 == 1 {\n\t\ti++\n\t}\n}\nfor j, f := range fs {\n\tfmt.Println(\"f$3\", j, *ps[j], f(j), f(1), *ps[j])\n}", &[&n, &k, &e, id]);
    }

    fn defers(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let (a, b) = (
            self.pure_expr(&[("i", INT)], t, 2),
            self.pure_expr(&[], t, 2),
        );
        let n = self.r.range(1, 5).to_string();
        let bad = self.r.pick(&["xs[n]", "xs[n%len(xs)]", "xs[n-n]"]);
        self.emit("f := func(n int) (r $0, err error) {\n\txs := make([]$0, n-1)\n\tdefer func() {\n\t\tif e := recover(); e != nil {\n\t\t\terr = fmt.Errorf(\"caught: %v\", e)\n\t\t}\n\t}()\n\tfor i := 0; i < n; i++ {\n\t\tdefer func(y $0) { fmt.Println(\"d$4\", i, y, r) }($1)\n\t}\n\tdefer func() { r = $2 }()\n\treturn $3, nil\n}", &[&tn, &a, &b, bad, id]);
        self.emit(
            "for i := range $0 {\n\tr, err := f(i + 1)\n\tfmt.Println(\"d$1\", r, err)\n}",
            &[&n, id],
        );
    }

    fn rethrow(&mut self, id: &str) {
        let t = self.some_type(INT, |ty, t| ty.plain(t) && ty.printable(t));
        let e = self.store_typed(t, 2).s;
        let c = self.expr(BOOL, 2).header();
        self.need("try");
        self.emit("inner := func() (n int) {\n\tdefer func() {\n\t\te := recover()\n\t\tfmt.Println(\"p$0 first\", e, n)\n\t\tn++\n\t\tif $1 {\n\t\t\tpanic(fmt.Sprint(\"again \", e))\n\t\t}\n\t}()\n\tdefer func() {\n\t\tn = 7\n\t\tfmt.Println(\"p$0 nested\", func() any { return recover() }())\n\t}()\n\tpanic($2)\n}\ntry($0, func() { fmt.Println(\"p$0\", inner()) })\nfmt.Println(\"p$0\", recover())", &[id, &c, &e]);
    }

    fn generic_functions(&mut self, id: &str) {
        let (m, f, r) = (
            self.fresh("Map"),
            self.fresh("Filter"),
            self.fresh("Reduce"),
        );
        self.top.push(format!("func {m}[T, U any](xs []T, f func(T) U) []U {{\n\tout := make([]U, 0, len(xs))\n\tfor _, x := range xs {{\n\t\tout = append(out, f(x))\n\t}}\n\treturn out\n}}\n"));
        self.top.push(format!("func {f}[S ~[]T, T any](xs S, keep func(T) bool) (out S) {{\n\tfor _, x := range xs {{\n\t\tif keep(x) {{\n\t\t\tout = append(out, x)\n\t\t}}\n\t}}\n\treturn\n}}\n"));
        self.top.push(format!("func {r}[T, A any](xs []T, a A, f func(A, T) A) A {{\n\tfor _, x := range xs {{\n\t\ta = f(a, x)\n\t}}\n\treturn a\n}}\n"));
        let (a, b, c) = (self.plain_type(), self.plain_type(), self.plain_type());
        let (ta, tb, tc) = (self.tn(a), self.tn(b), self.tn(c));
        let elems: Vec<String> = (0..self.r.below(6)).map(|_| self.store(a, 2).s).collect();
        let (em, ef) = (
            self.pure_expr(&[("x", a)], b, 3),
            self.pure_expr(&[("y", b)], BOOL, 3),
        );
        let (er, e0) = (
            self.pure_expr(&[("acc", c), ("y", b)], c, 3),
            self.pure_expr(&[], c, 1),
        );
        self.emit("xs := []$0{$1}", &[&ta, &elems.join(", ")]);
        self.emit("ys := $0(xs, func(x $1) $2 { return $3 })\nzs := $4(ys, func(y $2) bool { return $5 })", &[&m, &ta, &tb, &em, &f, &ef]);
        self.emit("var start $0 = $1\nsum := $2(zs, start, func(acc $0, y $3) $0 { return $4 })\nfmt.Println(\"G$5\", xs, ys, len(zs), zs, sum)\nfmt.Printf(\"G$5 %T %T %T\\n\", $6[int, string], zs, sum)", &[&tc, &e0, &r, &tb, &er, id, &m]);
    }

    fn generic_stack(&mut self, id: &str) {
        let (s, t) = (self.fresh("Stack"), self.plain_type());
        let tn = self.tn(t);
        self.top.push(format!("type {s}[T any] struct {{\n\titems []T\n\tpeak  int\n}}\n\nfunc (s *{s}[T]) Push(xs ...T) *{s}[T] {{\n\ts.items = append(s.items, xs...)\n\ts.peak = max(s.peak, len(s.items))\n\treturn s\n}}\n\nfunc (s *{s}[T]) Pop() (x T, ok bool) {{\n\tif n := len(s.items); n > 0 {{\n\t\tx, ok = s.items[n-1], true\n\t\ts.items = s.items[:n-1]\n\t}}\n\treturn\n}}\n\nfunc (s {s}[T]) Len() int {{ return len(s.items) }}\n"));
        let e: Vec<String> = (0..3).map(|_| self.store(t, 2).s).collect();
        let n = self.r.range(1, 5).to_string();
        self.emit("st := &$0[$1]{}\nst.Push($2).Push($3, $4)\nvar zero $0[[]$1]\nfor range $5 {\n\tx, ok := st.Pop()\n\tfmt.Println(\"G$6\", x, ok, st.Len(), st.peak, zero.Len())\n}\nfmt.Printf(\"G$6 %T %v %T\\n\", st, *st, zero)", &[&s, &tn, &e[0], &e[1], &e[2], &n, id]);
    }

    fn generic_list(&mut self, id: &str) {
        let (l, p) = (self.fresh("List"), self.fresh("Pair"));
        let (k, v) = (self.some_type(INT, |ty, t| ty.key(t)), self.plain_type());
        let (tk, tv) = (self.tn(k), self.tn(v));
        self.top.push(format!("type {p}[K comparable, V any] struct {{\n\tKey K\n\tVal V\n}}\n\nfunc (p {p}[K, V]) Swap(k K) {p}[K, V] {{\n\tif k != p.Key {{\n\t\tp.Key = k\n\t}}\n\treturn p\n}}\n"));
        self.top.push(format!("type {l}[T any] struct {{\n\thead *{l}Node[T]\n\tn    int\n}}\n\ntype {l}Node[T any] struct {{\n\tval  T\n\tnext *{l}Node[T]\n}}\n\nfunc (l *{l}[T]) Add(x T) {{\n\tl.head = &{l}Node[T]{{x, l.head}}\n\tl.n++\n}}\n\nfunc (l *{l}[T]) Each(f func(int, T) bool) {{\n\ti := 0\n\tfor n := l.head; n != nil; n = n.next {{\n\t\tif !f(i, n.val) {{\n\t\t\treturn\n\t\t}}\n\t\ti++\n\t}}\n}}\n"));
        let (ek, ev) = (
            self.pure_expr(&[("i", INT)], k, 2),
            self.pure_expr(&[("i", INT)], v, 2),
        );
        let n = self.r.below(6).to_string();
        self.emit("var l $0[$1[$2, $3]]\nfor i := range $4 {\n\t_ = i\n\tl.Add($1[$2, $3]{$5, $6}.Swap($5))\n}\nl.Each(func(i int, p $1[$2, $3]) bool {\n\tfmt.Println(\"G$7\", i, p, p.Key == p.Swap(p.Key).Key)\n\treturn i < 3\n})", &[&l, &p, &tk, &tv, &n, &ek, &ev, id]);
        if self.on("iter") {
            self.emit("for i, p := range l.Each {\n\tif i == 2 {\n\t\tbreak\n\t}\n\tfmt.Printf(\"G$0 %d %+v %T\\n\", i, p, p)\n}", &[id]);
        }
    }

    fn generic_number(&mut self, id: &str) {
        let int = self.r.chance(70);
        let (f, constraint) = (
            self.fresh("Num"),
            self.need(if int { "Integer" } else { "Number" }),
        );
        let tp = if int { "T" } else { "N" };
        let t = self.ty.add(tp, Kind::Param(int));
        let e = self.pure_expr(&[("a", t), ("b", t)], t, 4);
        let u = self.pure_expr(&[("a", t), ("b", t)], t, 3);
        self.top.push(format!("func {f}[{tp} {constraint}](a, b {tp}) (r {tp}) {{\n\tfor i := {tp}(0); i < 3; i++ {{\n\t\tif a < b {{\n\t\t\ta, b = {u}, a\n\t\t}}\n\t\tr += {e}\n\t\tb = i\n\t}}\n\treturn\n}}\n"));
        for _ in 0..self.r.range(2, 5) {
            let x = self.some_type(INT, |ty, t| ty.is_int(t) || (!int && ty.is_num(t)));
            let (a, b) = (self.expr(x, 2).s, self.expr(x, 2).s);
            self.emit(
                "fmt.Println(\"G$0\", $1[$2]($3, $4))",
                &[id, &f, &self.tn(x), &a, &b],
            );
        }
    }

    fn iterators(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let e = self.pure_expr(&[("i", INT)], t, 3);
        let c = self.pure_expr(&[("x", t), ("i", INT)], BOOL, 2);
        let (n, k) = (
            self.r.range(1, 8).to_string(),
            self.r.range(1, 8).to_string(),
        );
        self.import("iter");
        self.emit("gen := func(n int) iter.Seq2[int, $0] {\n\treturn func(yield func(int, $0) bool) {\n\t\tdefer fmt.Println(\"I$1 end\", n)\n\t\tfor i := range n {\n\t\t\tif !yield(i, $2) {\n\t\t\t\tfmt.Println(\"I$1 stop\", i)\n\t\t\t\treturn\n\t\t\t}\n\t\t}\n\t}\n}", &[&tn, id, &e]);
        self.emit("find := func() (r int) {\n\tdefer func() { fmt.Println(\"I$0 deferred\", r) }()\nouter:\n\tfor i, x := range gen($1) {\n\t\t_ = x\n\t\tfor j := range gen($2) {\n\t\t\tswitch {\n\t\t\tcase j == 2 && i == 0:\n\t\t\t\tcontinue outer\n\t\t\tcase j > i+3:\n\t\t\t\tbreak outer\n\t\t\tcase $3:\n\t\t\t\tdefer fmt.Println(\"I$0 in\", i, j)\n\t\t\t\tif j == 3 {\n\t\t\t\t\treturn i*10 + j\n\t\t\t\t}\n\t\t\t}\n\t\t}\n\t}\n\treturn -1\n}\nfmt.Println(\"I$0\", find())", &[id, &n, &k, &c]);
        if self.r.chance(50) {
            self.emit("next, stop := iter.Pull2(gen($0))\nfor range 2 {\n\tfmt.Print(\"I$1 \")\n\tfmt.Println(next())\n}\nstop()\nfmt.Println(next())", &[&n, id]);
        }
        if self.r.chance(40) {
            self.import("slices");
            self.import("maps");
            self.emit("m := maps.Collect(slices.All([]string{\"a\", \"b\", \"c\"}))\nfmt.Println(\"I$0\", m, slices.Sorted(maps.Keys(m)), slices.Collect(maps.Values(map[int]int{1: 2})))", &[id]);
        }
    }

    fn method_values(&mut self, id: &str) {
        let t = self.int_type();
        let (name, e) = (self.fresh("C"), self.pure_expr(&[("x", t)], t, 2));
        let tn = self.tn(t);
        self.top.push(format!("type {name} struct{{ n {tn} }}\n\nfunc (c {name}) Get(x {tn}) {tn} {{ return c.n ^ {e} }}\n\nfunc (c *{name}) Add(x {tn}) {{ c.n += x }}\n"));
        let a = self.store(t, 2).s;
        self.emit("c := $0{$1}\nget, add := c.Get, c.Add\nadd(3)\nadd(c.n)\nfmt.Println(\"M$2\", c, get(1), c.Get(1), $0.Get(c, 2), (*$0).Get(&c, 2))\n(*$0).Add(&c, 5)\nvar i interface{ Get($3) $3 } = c\nbound := i.Get\nc.n = 0\nfmt.Println(\"M$2\", bound(4), c)", &[&name, &a, id, &tn]);
        self.emit("i = &c\nc.n = 9\nfmt.Println(\"M$0\", i.Get(4), i == any(&c))\n_, isAdder := i.(interface{ Add($1) })\nfmt.Println(\"M$0\", isAdder)", &[id, &tn]);
    }

    fn embedding(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let (a, b) = (self.fresh("A"), self.fresh("B"));
        let (x, y) = (self.store(t, 2).s, self.store(t, 2).s);
        let star = self.r.pick(&["*", ""]);
        let amp = if star.is_empty() { "" } else { "&" };
        self.top.push(format!("type {a} struct{{ X {tn} }}\n\nfunc (a {a}) Who() string {{ return fmt.Sprint(\"A\", a.X) }}\n\nfunc (a *{a}) Set(x {tn}) {{ a.X = x }}\n"));
        self.top.push(format!(
            "type {b} struct {{\n\t{star}{a}\n\tfmt.Stringer\n\tY int\n}}\n"
        ));
        self.emit("b := $0{$1: $2$1{$3}, Y: 2}\nc := b\nc.Set($4)\nfmt.Println(\"B$5\", b.X, c.X, b.Who(), c.Who(), b.$1.X)\nvar w interface{ Who() string } = b\nb.Y++\nw2 := w.($0)\nfmt.Println(\"B$5\", w.Who(), w2.Y, b.Y, b.Stringer == nil)", &[&b, &a, amp, &x, &y, id]);
    }

    fn variadics(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let e: Vec<String> = (0..4).map(|_| self.store(t, 2).s).collect();
        self.emit("f := func(tag string, xs ...$0) (int, []$0) {\n\tif len(xs) > 1 {\n\t\txs[0], xs[1] = xs[1], xs[0]\n\t}\n\tfmt.Println(\"V$1\", tag, xs, xs == nil)\n\treturn len(xs), xs\n}\nn, _ := f(\"none\")\nys := []$0{$2, $3, $4}\nm, zs := f(\"spread\", ys...)\nf(\"three\", $2, $5, $3)\nfmt.Println(\"V$1\", n, m, ys, len(zs))\nfmt.Println(f(\"pass\", ys[1:]...))", &[&tn, id, &e[0], &e[1], &e[2], &e[3]]);
    }

    fn formats(&mut self, id: &str) {
        for _ in 0..self.r.range(2, 6) {
            let t = self.some_type(INT, |ty, t| ty.printable(t));
            let e = self.typed(t, 3).s;
            let mut format = String::new();
            let mut args = String::new();
            for _ in 0..self.r.range(1, 3) {
                let v = self.verb(t);
                if v.contains('*') {
                    args.push_str(", 7");
                }
                format.push_str(&format!("[{v}]"));
                args.push_str(", x");
            }
            if self.r.chance(12) {
                format.push_str(
                    self.r
                        .pick(&["%d", "%!", "%z", "%[1]v", "%[3]d", "%%", "%-"]),
                );
            }
            self.emit(
                "{\n\tx := $0\n\t_ = x\n\tfmt.Printf(\"P$1 $2\\n\"$3)\n}",
                &[&e, id, &format, &args],
            );
        }
    }

    fn memo(&mut self, id: &str) {
        let t = self.int_type();
        let (tn, e) = (self.tn(t), self.pure_expr(&[("a", t), ("b", t)], t, 2));
        let n = self.r.range(2, 40).to_string();
        self.emit("memo := map[int]$0{}\ncalls := 0\nvar f func(int) $0\nf = func(n int) $0 {\n\tcalls++\n\tif n < 2 {\n\t\treturn $0(n)\n\t}\n\tif x, ok := memo[n]; ok {\n\t\treturn x\n\t}\n\ta, b := f(n-1), f(n-2)\n\tmemo[n] = a + b ^ ($1)\n\treturn memo[n]\n}\nfmt.Println(\"F$2\", f($3), calls, len(memo))", &[&tn, &e, id, &n]);
    }

    fn dispatch(&mut self, id: &str) {
        let n = self.r.range(2, 6);
        let values: Vec<String> = (0..n).map(|_| self.any_value(2).s).collect();
        self.emit("for i, x := range []any{$0, nil, fmt.Errorf(\"e%d\", 1), func() {}, &struct{ a int }{3}} {", &[&values.join(", ")]);
        self.ind += 1;
        self.emit("switch y := x.(type) {\ncase nil:\n\tfmt.Println(\"D$0 nil\", i, y == nil)\ncase int, int8, uint8:\n\tfmt.Printf(\"D$0 small %v %T\\n\", y, y)\ncase string:\n\tfmt.Println(\"D$0\", len(y), y+\"!\")\ncase fmt.Stringer:\n\tfmt.Println(\"D$0 stringer\", y.String())\ncase error:\n\tfmt.Println(\"D$0 error\", y.Error())\ncase []int:\n\tfmt.Println(\"D$0 slice\", len(y))\ncase func():\n\ty()\n\tfmt.Println(\"D$0 func\")\ncase interface{ M1() }:\n\tfmt.Println(\"D$0 M1\")\ndefault:\n\tfmt.Printf(\"D$0 other %T\\n\", y)\n}", &[id]);
        self.ind -= 1;
        self.emit("}", &[]);
    }
}
