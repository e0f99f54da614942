//! Scenes about functions: order of evaluation, results, receivers, function values, panics in deferred calls.

use crate::gen_state::Gen;
use crate::types::*;

impl Gen {
    /// One scene about functions.
    pub fn function_scene(&mut self) {
        self.import("fmt");
        let id = self.trace_id().to_string();
        match self.r.below(5) {
            0 => self.call_order(&id),
            1 => self.named_results(&id),
            2 => self.receivers(&id),
            3 => self.function_tables(&id),
            _ => self.nested_panics(&id),
        }
    }

    fn call_order(&mut self, id: &str) {
        let t = self.int_type();
        let tn = self.tn(t);
        let e: Vec<String> = (0..4).map(|_| self.store(t, 1).s).collect();
        let op = self.r.pick(&["+", "-", "^", "&^", "|"]);
        self.emit(
            r#"tr := func(tag string, x $0) $0 { fmt.Print(tag, x, " "); return x }
ix := func(i int) int { fmt.Print("i", i, " "); return i }
xs := []$0{$1, $2, $3}
m := map[$0]int{}
ps := func() *[]$0 { fmt.Print("ps "); return &xs }
xs[ix(0)], xs[ix(1)], m[tr("k", $4)] = tr("a", $2), tr("b", $3), ix(7)
(*ps())[ix(2)] $6= tr("c", $1) $6 tr("d", $4)
fmt.Println("o$5", xs, m)
arr := [...]$0{2: tr("e", $1), 0: tr("f", $2)}
st := struct{ b, a $0 }{a: tr("g", $3), b: tr("h", $4)}
mm := map[int]$0{ix(1): tr("m", $1), ix(2): tr("n", $2)}
fmt.Println("o$5", arr, st, mm, tr("p", $1) < tr("q", $2) && tr("r", $3) == tr("s", $3) || ix(3) == 4)
f := func(a, b $0) func($0) $0 { fmt.Print("f "); return func(c $0) $0 { return a $6 b $6 c } }
fmt.Println("o$5", f(tr("t", $1), tr("u", $2))(tr("v", $3)))
defer f(tr("w", $1), tr("x", $2))(tr("y", $3))"#,
            &[&tn, &e[0], &e[1], &e[2], &e[3], id, op],
        );
    }

    fn named_results(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let vars = [("x", t), ("i", INT)];
        let (a, b) = (self.pure_expr(&vars, t, 2), self.pure_expr(&vars, t, 2));
        let c = self.condition(&vars);
        let n = self.few(1, 5);
        self.emit(
            r#"f := func(i int) (x, y $0, err error) {
	defer func(was $0) {
		if e := recover(); e != nil {
			err = fmt.Errorf("%v after %v", e, was)
			x, y = y, was
		}
	}(x)
	x = $1
	if i == 2 {
		var none map[string]int
		none["a"] = i
	}
	if x := ($2); $3 {
		return y, x, nil
	}
	defer func() { y = x }()
	if i > 3 {
		return $2, x, fmt.Errorf("e%d", i)
	}
	return
}
for i := range $4 {
	x, y, err := f(i)
	fmt.Println("n$5", x, y, err)
}
swap := func(a, b $0) ($0, $0) { return b, a }
{
	p, q, _ := f(1)
	p, q = swap(swap(p, q))
	fmt.Println("n$5", p, q)
}"#,
            &[&tn, &a, &b, &c, &n, id],
        );
    }

    /// When receivers and function values are evaluated, in `defer`, `go` and method values.
    fn receivers(&mut self, id: &str) {
        let name = self.fresh("Rc");
        let t = self.int_type();
        let tn = self.tn(t);
        let e = self.pure_expr(&[("y", t)], t, 2);
        self.need("try");
        self.top.push(format!(
            "type {name} struct {{\n\tn {tn}\n\tnext *{name}\n}}\n\nfunc (r {name}) Val(y {tn}) {tn} {{ return r.n + {e} }}\n\nfunc (r *{name}) Inc(y {tn}) *{name} {{ r.n += y; return r }}\n"
        ));
        self.emit(
            r#"r := $0{n: 1, next: &$0{n: 50}}
func() {
	val, inc := r.Val, r.Inc
	defer func(x $1) { fmt.Println("v$2 d", x, val(1), r.Val(1)) }(r.Val(2))
	defer r.Inc(3).Inc(4)
	defer fmt.Println("v$2 early", inc(5).n)
	done := make(chan $1)
	go func(f func($1) $1) { done <- f(1) }(r.Val)
	r.n = 20
	fmt.Println("v$2", <-done, val(0), r.next.Val(1))
	next := r.next.Inc
	r.next = nil
	fmt.Println("v$2", next(6).n)
}()
fmt.Println("v$2", r.n)
try($2, func() { f := r.next.Val; fmt.Println("v$2 not reached", f(1)) })
try($2, func() { f := r.next.Inc; fmt.Println("v$2 bound"); f(1) })
var nilf func()
try($2, func() { defer nilf(); fmt.Println("v$2 body") })
var w interface{ Val($1) $1 }
try($2, func() { fmt.Println("v$2", w.Val(1)) })
w = r
g := w.Val
w = &r
r.n++
fmt.Println("v$2", g(1), w.Val(1), (*$0).Val(&r, 2), interface{ Val($1) $1 }.Val(w, 3))"#,
            &[&name, &tn, id],
        );
    }

    fn function_tables(&mut self, id: &str) {
        let t = self.int_type();
        let tn = self.tn(t);
        let vars = [("x", t), ("y", t)];
        let e: Vec<String> = (0..3).map(|_| self.pure_expr(&vars, t, 2)).collect();
        let n = self.few(1, 5);
        self.emit(
            r#"type op func(x, y $0) $0
ops := map[string]op{
	"a": func(x, y $0) $0 { return $1 },
	"b": func(x, y $0) $0 { return $2 },
}
compose := func(fs ...op) op {
	return func(x, y $0) $0 {
		for _, f := range fs {
			x, y = f(x, y), x
		}
		return x
	}
}
ops["c"] = compose(ops["a"], ops["b"], func(x, y $0) $0 { return $3 })
var rec func(n int, f op) op
rec = func(n int, f op) op {
	if n == 0 {
		return f
	}
	return rec(n-1, func(x, y $0) $0 { return f(y, x) ^ $0(n) })
}
for _, k := range []string{"c", "a", "b", "none"} {
	f, ok := ops[k]
	if !ok {
		fmt.Println("t$4", k, f == nil)
		continue
	}
	fmt.Println("t$4", k, f(1, 2), rec($5, f)(3, 4), compose(f, f)(5, 6), compose()(7, 8))
}
fmt.Println("t$4", func(fs [2]op) $0 { return fs[0](1, fs[1](2, 3)) }([2]op{ops["a"], ops["c"]}))"#,
            &[&tn, &e[0], &e[1], &e[2], id, &n],
        );
    }

    fn nested_panics(&mut self, id: &str) {
        self.need("try");
        self.import("errors");
        let c: Vec<String> = (0..4).map(|_| self.expr(BOOL, 1).header()).collect();
        let (n, m) = (self.few(0, 5), self.few(0, 3));
        self.emit(
            r#"own := errors.New("own")
deep := func(n int) {
	defer func() {
		fmt.Println("p$0 d", n)
		if $1 {
			if e, ok := recover().(error); ok {
				var re interface{ RuntimeError() }
				fmt.Println("p$0", errors.Is(e, own), errors.As(e, &re), e)
				if $2 {
					panic(fmt.Errorf("wrapped: %w", e))
				}
			}
		}
	}()
	defer func() {
		defer func() {
			fmt.Println("p$0 inner", recover())
			if $3 {
				panic(n)
			}
		}()
		if $4 {
			panic("replaced")
		}
	}()
	if n > 2 {
		panic(own)
	}
	fmt.Println([]int{1, 2, 3}[n+2])
}
try($0, func() { deep($5) })
try($0, func() { defer deep($6); deep($5) })
func() {
	defer func() { fmt.Println("p$0 none", recover()) }()
	defer func() { func() { fmt.Println("p$0 too deep", recover()) }() }()
	defer recover()
	panic($5)
}()"#,
            &[id, &c[0], &c[1], &c[2], &c[3], &n, &m],
        );
    }
}
