//! Scenes about types: complex numbers, generic methods and constraints, comparison, embedding, constants, conversions.

use crate::gen_state::Gen;
use crate::types::*;

impl Gen {
    /// One scene about types and values.
    pub fn shape_scene(&mut self) {
        self.import("fmt");
        let id = self.trace_id().to_string();
        match self.r.below(14) {
            0 if self.on("complex") => self.complex_numbers(&id),
            1 | 2 if self.on("generics") => self.generic_methods(&id),
            3 | 4 if self.on("generics") => self.constraints(&id),
            5 if self.on("generics") => self.generic_embedding(&id),
            6 => self.comparisons(&id),
            7 => self.composite_keys(&id),
            8 => self.promotion(&id),
            9 => self.iotas(&id),
            10 => self.slice_conversions(&id),
            11 => self.new_values(&id),
            12 => self.struct_values(&id),
            _ => self.bits_and_bounds(&id),
        }
    }

    /// A pure condition, in parentheses for the header of a statement.
    pub fn condition(&mut self, vars: &[(&str, T)]) -> String {
        format!("({})", self.pure_expr(vars, BOOL, 2))
    }

    /// A random number as text.
    pub fn few(&mut self, lo: usize, hi: usize) -> String {
        self.r.range(lo, hi).to_string()
    }

    fn complex_numbers(&mut self, id: &str) {
        self.need("nc");
        let vars = [("x", COMPLEX), ("f", F64)];
        let e = self.pure_expr(&vars, COMPLEX, 3);
        let (re, im) = (self.pure_expr(&[], F64, 2), self.pure_expr(&[], F64, 2));
        let n = self.few(2, 5);
        let op = self.r.pick(&["+", "-", "*", "/"]);
        self.emit(
            r#"step := func(x complex128, f float64) complex128 { return $0 }
x := complex(nc($1), $2)
small := complex64(x)
for i := range $3 {
	y := step(x, float64(i))
	x $4= y + complex(1, float64(i))
	small $4= complex64(y) - 2i
	fmt.Println("z$5", x, small, real(small), imag(x), x == y, x != x)
}
fmt.Printf("z$5 %v %.3f %T %T %8.2e\n", x, small, real(small), imag(x), x)
m := map[complex128]string{1 + 2i: "a", nc(3i): "b", complex(0, 0): "zero"}
var c struct {
	a [2]complex64
	b complex128
}
c.a[1], c.b = -small, -x*1i
c.a[0] += 1
re, im := real(c.b), imag(c.a[1])
fmt.Println("z$5", c, m[complex(nc(1.0), 2)], m[3i], m[-nc(0i)], len(m), re, im, any(c.b) == any(x), c == c)"#,
            &[&e, &re, &im, &n, op, id],
        );
    }

    fn generic_methods(&mut self, id: &str) {
        let (b, l, o) = (self.fresh("Box"), self.fresh("Lst"), self.fresh("Opt"));
        let (t, u) = (self.plain_type(), self.plain_type());
        let k = self.some_type(INT, |ty, t| ty.key(t));
        let (tt, tu, tk) = (self.tn(t), self.tn(u), self.tn(k));
        self.top.push(format!("type {b}[T any] struct {{\n\tv T\n\tn int\n}}\n\nfunc (b {b}[T]) Map[U any](f func(T) U) {b}[U] {{ return {b}[U]{{f(b.v), b.n + 1}} }}\n\nfunc (b *{b}[T]) Fold[A any, R interface{{ ~[]A }}](a A, f func(A, T) A) (out R) {{\n\tfor range b.n {{\n\t\ta = f(a, b.v)\n\t\tout = append(out, a)\n\t}}\n\treturn\n}}\n\nfunc (b {b}[T]) Same[K comparable](k, l K) string {{ return fmt.Sprintf(\"%T %T %v\", b.v, k, k == l) }}\n"));
        self.top.push(format!("type {l}[T any] []T\n\nfunc (l {l}[T]) Group[K comparable](key func(T) K) map[K]{l}[T] {{\n\tm := make(map[K]{l}[T])\n\tfor _, x := range l {{\n\t\tk := key(x)\n\t\tm[k] = append(m[k], x)\n\t}}\n\treturn m\n}}\n\nfunc (l *{l}[T]) Push[E interface{{ ~[]T }}](xs E) int {{ *l = append(*l, xs...); return len(*l) }}\n"));
        self.top.push(format!("type {o} struct{{ tag string }}\n\nfunc (o {o}) Pick[T any](xs ...T) (T, string) {{\n\tvar zero T\n\tif len(xs) == 0 {{\n\t\treturn zero, o.tag\n\t}}\n\treturn xs[len(o.tag)%len(xs)], fmt.Sprintf(\"%s%T\", o.tag, xs)\n}}\n\nfunc (o *{o}) Set[N ~int | ~uint8 | ~string](n N) *{o} {{ o.tag += fmt.Sprint(n); return o }}\n"));
        let (et, eu) = (self.store(t, 2).s, self.pure_expr(&[("x", t)], u, 3));
        let (ek, fold) = (
            self.pure_expr(&[("x", t)], k, 2),
            self.pure_expr(&[("a", u), ("x", t)], u, 2),
        );
        let (n, z) = (self.few(0, 4), self.store(u, 1).s);
        self.emit(
            r#"b := $0[$1]{$2, $3}
f := func(x $1) $4 { return $5 }
c := b.Map(f)
fmt.Println("h$6", c, b.Map[string](func(x $1) string { return fmt.Sprint(x, "!") }))
fmt.Printf("h$6 %T %T\n", c, c.Map(func($4) []bool { return nil }))"#,
            &[&b, &tt, &et, &n, &tu, &eu, id],
        );
        self.emit(
            r#"fold := b.Fold[$0, []$0]
var start $0 = $1
fmt.Println("h$2", fold(start, func(a $0, x $3) $0 { return $4 }), b.Same(1, 2), b.Same("a", "a"))
l := $5[$3]{$6, b.v}
push := l.Push[[]$3]
push(l)
g := l.Group(func(x $3) $7 { return $8 })
fmt.Println("h$2", push(l[:1]), len(g), l.Group(func($3) bool { return true })[true])"#,
            &[&tu, &z, id, &tt, &fold, &l, &et, &tk, &ek],
        );
        self.emit(
            r#"o := &$0{"o"}
pick := $0.Pick[$1]
fmt.Println(o.Set(3).Set("x").Set(uint8(7)).Pick(b.v, l[0]))
fmt.Println(pick(*o))
fmt.Println(o.Pick("s", "t"))
type name = interface{ Val() }
var _ name"#,
            &[&o, &tt],
        );
    }

    fn constraints(&mut self, id: &str) {
        let (num, st, mat) = (self.fresh("Nm"), self.fresh("Sh"), self.fresh("Mat"));
        let (my, ms) = (self.fresh("My"), self.fresh("Ms"));
        let t = self.int_type();
        let tn = self.tn(t);
        let p = self.ty.add("T", Kind::Param(true));
        let e = self.pure_expr(&[("a", p), ("b", p)], p, 3);
        self.need("Integer");
        self.top.push(format!("type {my} {tn}\n\nfunc (m {my}) String() string {{ return fmt.Sprintf(\"my%d\", {tn}(m)) }}\n\ntype {ms} []{my}\n"));
        self.top.push(format!("type {num} interface {{\n\tInteger\n\tString() string\n}}\n\nfunc show{st}[T {num}](xs ...T) string {{\n\ts := \"\"\n\tfor _, a := range xs {{\n\t\tb := a / 2\n\t\ta = b ^ ({e})\n\t\ts += a.String() + T(1).String()\n\t}}\n\treturn s\n}}\n"));
        self.top.push(format!("func rev{st}[S ~[]E, E any](s S) S {{\n\tout := make(S, len(s))\n\tfor i, x := range s {{\n\t\tout[len(s)-1-i] = x\n\t}}\n\treturn out\n}}\n\nfunc conv{st}[A, B interface{{ ~int8 | ~uint16 | ~int | ~float64 }}](a A) (b B) {{ b = B(a); return b + B(1) }}\n\nfunc bytes{st}[S ~string | ~[]byte](s S) (n int) {{\n\tfor i := range len(s) {{\n\t\tn = n*31 + int(s[i])\n\t}}\n\treturn n + len(s[len(s)/2:])\n}}\n\nfunc set{st}[T any, P interface {{\n\t*T\n\tSet(int)\n}}](n int) []T {{\n\tout := make([]T, n)\n\tfor i := range out {{\n\t\tP(&out[i]).Set(i)\n\t}}\n\treturn out\n}}\n"));
        self.top.push(format!("type {mat}[T interface{{ ~int | ~float64 }}] [2][2]T\n\nfunc (m {mat}[T]) Mul(o {mat}[T]) (r {mat}[T]) {{\n\tfor i := range m {{\n\t\tfor j := range o[i] {{\n\t\t\tfor k, x := range m[i] {{\n\t\t\t\tr[i][j] += x * o[k][j]\n\t\t\t}}\n\t\t}}\n\t}}\n\treturn\n}}\n\nfunc (m *{mat}[T]) Set(n int) {{ m[0][0], m[1][1] = T(n), T(n+1) }}\n"));
        let (a, b) = (self.store(t, 1).s, self.store(t, 1).s);
        let (s, n) = (self.store(STR, 2).s, self.few(1, 4));
        self.emit(
            r#"var xa, xb $0 = $0($1), $0($2)
ms := $3{xa, xb, 3}
fmt.Println("H$4", show$5(xa, xb, 7), rev$5(ms), rev$5(rev$5([]string{"a", $6})), bytes$5($6), bytes$5([]byte($6)))
fmt.Printf("H$4 %T %T\n", rev$5(ms), rev$5([]$0{}))"#,
            &[&my, &a, &b, &ms, id, &st, &s],
        );
        self.emit(
            r#"m := $0[int]{{1, 2}, {3, $1}}
mats := set$2[$0[float64]]($1)
fmt.Println("H$3", m.Mul(m), mats, mats[0].Mul(mats[len(mats)-1]), conv$2[int8, uint16](int8($1)-3), conv$2[float64, int](2.75), conv$2[int, int8](300+$1))
fmt.Printf("H$3 %T %T\n", m, mats)"#,
            &[&mat, &n, &st, id],
        );
    }

    fn generic_embedding(&mut self, id: &str) {
        let (base, outer, tree) = (self.fresh("Bs"), self.fresh("Ot"), self.fresh("Tr"));
        let t = self.some_type(INT, |ty, t| {
            ty.ordered(t) && !matches!(ty.all[t].kind, Kind::Float)
        });
        let tn = self.tn(t);
        let e = self.pure_expr(&[("i", INT)], t, 3);
        self.import("cmp");
        self.import("iter");
        self.top.push(format!("type {base}[T any] struct {{\n\tItem T\n\tSeen map[string]T\n}}\n\nfunc (b *{base}[T]) Put(k string, x T) {{\n\tif b.Seen == nil {{\n\t\tb.Seen = map[string]T{{}}\n\t}}\n\tb.Item, b.Seen[k] = x, x\n}}\n\nfunc (b {base}[T]) Get() T {{ return b.Item }}\n"));
        self.top.push(format!("type {outer}[K comparable, T any] struct {{\n\t{base}[T]\n\t*{tree}[int]\n\tkeys []K\n}}\n\nfunc (o *{outer}[K, T]) Add(k K, x T) *{outer}[K, T] {{\n\to.Put(fmt.Sprint(k), x)\n\to.keys = append(o.keys, k)\n\treturn o\n}}\n"));
        self.top.push(format!("type {tree}[T cmp.Ordered] struct {{\n\tleft, right *{tree}[T]\n\tval T\n\tn int\n}}\n\nfunc (t *{tree}[T]) Insert(x T) *{tree}[T] {{\n\tif t == nil {{\n\t\treturn &{tree}[T]{{val: x, n: 1}}\n\t}}\n\tswitch c := cmp.Compare(x, t.val); {{\n\tcase c < 0:\n\t\tt.left = t.left.Insert(x)\n\tcase c > 0:\n\t\tt.right = t.right.Insert(x)\n\tdefault:\n\t\tt.n++\n\t}}\n\treturn t\n}}\n\nfunc (t *{tree}[T]) All() iter.Seq2[T, int] {{\n\treturn func(yield func(T, int) bool) {{ t.push(yield) }}\n}}\n\nfunc (t *{tree}[T]) push(yield func(T, int) bool) bool {{\n\treturn t == nil || t.left.push(yield) && yield(t.val, t.n) && t.right.push(yield)\n}}\n"));
        let (n, stop) = (self.few(1, 9), self.few(0, 6));
        self.emit(
            r#"var root *$0[$1]
for i := range $2 {
	_ = i
	root = root.Insert($3)
	root = root.Insert(max(root.val, $3))
}
k := 0
for x, n := range root.All() {
	fmt.Println("e$4", x, n)
	if k++; k > $5 {
		break
	}
}
o := &$6[[2]bool, $1]{}
o.Add([2]bool{true}, root.val).Add([2]bool{}, min(root.val, o.Get()))
o.$0 = o.$0.Insert(3)
get := o.Get
o.Put("z", root.val)
var g interface{ Get() $1 } = o
fmt.Println("e$4", o.Item == g.Get(), get(), len(o.Seen), o.keys, o.val, o.n, o.left.Insert(4).val)
fmt.Printf("e$4 %T %T\n", g, o.$0)"#,
            &[&tree, &tn, &n, &e, id, &stop, &outer],
        );
    }

    fn comparisons(&mut self, id: &str) {
        let t = self.some_type(INT, |ty, t| ty.comparable(t) && ty.plain(t));
        let tn = self.tn(t);
        let (a, b) = (self.store_typed(t, 2).s, self.store_typed(t, 2).s);
        let (x, y) = (self.store_typed(t, 1).s, self.any_value(1).s);
        self.need("try");
        self.emit(
            r#"type inner struct {
	a $0
	_ int
	s string
}
type pair struct {
	inner
	arr [2]$0
	any
	p *int
}
n := 3
xs := []pair{{inner: inner{a: $1}, any: $1}, {inner: inner{a: $2, s: "s"}, p: &n}, {arr: [2]$0{1: $3}, any: $2}, {any: [1]$0{$3}}, {}}
xs = append(xs, xs[0], xs[3])
for i, x := range xs {
	for j := range i {
		fmt.Print(x == xs[j], x.arr != xs[j].arr, x.any == xs[j].any, " ")
	}
}
fmt.Println("q$4", xs[0].inner == inner{a: $1}, [2]any{$1, nil} == [...]any{xs[0].any, error(nil)})
ifs := []any{$1, $2, xs[1], &n, nil, struct{ a $0 }{$3}, [0]int{}, $5}
for i, x := range ifs[:7] {
	try($4, func() { fmt.Println("q$4", i, x == ifs[len(ifs)-1], x == ifs[i/2], x == any($3)) })
}
try($4, func() { fmt.Println(any(pair{any: []int{}}) == any(pair{inner: inner{s: "x"}, any: []int{}})) })
try($4, func() { fmt.Println(any([2]any{1, func() {}}) == any([2]any{2, func() {}})) })
try($4, func() { fmt.Println(any([2]any{1, map[int]int{}}) == any([2]any{1, map[int]int{}})) })
func() {
	type inner struct{ a $0 }
	fmt.Println("q$4", any(inner{$1}) == any(struct{ a $0 }{$1}), inner{$1} == struct{ a $0 }{$1})
}()"#,
            &[&tn, &a, &b, &x, id, &y],
        );
    }

    fn composite_keys(&mut self, id: &str) {
        let k = self.some_type(INT, |ty, t| ty.key(t));
        let tk = self.tn(k);
        let e = self.pure_expr(&[("i", INT)], k, 3);
        let (v, n) = (self.plain_type(), self.few(1, 20));
        let (tv, ev) = (self.tn(v), self.pure_expr(&[("i", INT)], v, 2));
        self.import("math");
        self.emit(
            r#"type key struct {
	a [2]$0
	b struct{ s string }
	c any
}
m := map[key]$1{}
arrs := map[[3]$0]int{}
anys := map[any]int{}
var total int
for i := range $2 {
	x := $3
	k := key{a: [2]$0{x, x}, c: x}
	k.b.s = fmt.Sprint(i % 3)
	m[k] = $4
	arrs[[3]$0{1: x}] += i
	anys[k]++
	anys[x]++
	anys[i%4]++
	anys[[1]any{i % 3}] += i
	anys[float64(i%2)]--
	if i%5 == 4 {
		delete(m, k)
	}
	if _, ok := m[key{c: x}]; !ok {
		total += len(m)
	}
}
for k, n := range anys {
	if _, ok := k.(int); ok {
		total += n
		delete(anys, k)
	}
}
nan := map[float64]int{math.NaN(): 1, 0: 2}
nan[math.NaN()] = 3
nan[math.Copysign(0, -1)] = 4
fmt.Println("k$5", len(m), len(arrs), len(anys), total, anys[1.0], anys[[1]any{2}], len(nan), nan[0], nan[math.NaN()])
clear(nan)
fmt.Println("k$5", len(nan), arrs, m[key{}])"#,
            &[&tk, &tv, &n, &e, &ev, id],
        );
    }

    fn promotion(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let (a, b, c, d) = (
            self.fresh("Ea"),
            self.fresh("Eb"),
            self.fresh("Ec"),
            self.fresh("Ed"),
        );
        let (x, y) = (self.store(t, 2).s, self.store(t, 1).s);
        let star = self.r.pick(&["*", ""]);
        let amp = if star.is_empty() { "" } else { "&" };
        self.need("try");
        self.top.push(format!("type {a} struct {{\n\tX {tn}\n\tN int\n}}\n\nfunc (a {a}) Name() string {{ return fmt.Sprint(\"a\", a.X, a.N) }}\n\nfunc (a *{a}) Bump() int {{ a.N++; return a.N }}\n"));
        self.top.push(format!("type {b} struct {{\n\t{star}{a}\n\tN string\n}}\n\nfunc (b {b}) Over() string {{ return b.N + b.Name() }}\n"));
        self.top.push(format!("type {c} interface {{\n\tName() string\n\tBump() int\n}}\n\ntype {d} struct {{\n\t*{b}\n\tin {c}\n\tX int\n}}\n\nfunc (d *{d}) Name() string {{ return \"d\" + d.{b}.Name() }}\n"));
        self.emit(
            r#"d := $0{$1: &$1{$2: $3$2{X: $4, N: 4}, N: "n"}, X: 7}
d.in = d.$1
cp := *d.$1
fmt.Println("j$5", d.X, d.N, d.Name(), d.Over(), d.Bump(), d.in.Bump(), cp.Bump())
fmt.Println("j$5", d.$2.N, cp.$2.N)
d.$1.X, cp.X = $6, $4
bump, over := d.Bump, (*$0).Over
d.$1 = &cp
fmt.Println("j$5", bump(), over(&d), d.in.Name(), d.$2.X == cp.X)
var w $7 = &d
outer := struct {
	$7
	extra int
}{w, 1}
fmt.Println("j$5", outer.Name(), outer.Bump(), w.Name())
outer.$7 = cp.$2.ptr()
_, isPtr := outer.$7.(*$2)
fmt.Println("j$5", isPtr, outer.Bump())
fmt.Println("j$5", cp.$2.N)
d.$1 = nil
try($5, func() { fmt.Println(d.Bump()) })
try($5, func() { fmt.Println(w.Name()) })
outer.$7 = nil
try($5, func() { fmt.Println(outer.Name()) })"#,
            &[&d, &b, &a, amp, &x, id, &y, &c],
        );
        self.top
            .push(format!("func (a *{a}) ptr() *{a} {{ return a }}\n"));
    }

    fn iotas(&mut self, id: &str) {
        let (ty, p) = (self.fresh("Io"), self.fresh("io"));
        let t = self.r.pick(&[INT, UINT8, INT64, INT32, UINT]);
        let tn = self.tn(t);
        let (k, sh) = (self.few(1, 5), self.few(1, 3));
        let op = self.r.pick(&["+", "*", "|", "^", "-"]);
        self.top.push(format!("type {ty} {tn}\n\nconst (\n\t{p}a {ty} = iota\n\t{p}b\n\t_\n\t{p}c\n)\n\nfunc (x {ty}) String() string {{\n\tswitch x {{\n\tcase {p}a, {p}b:\n\t\treturn \"ab\"\n\tcase {p}c:\n\t\treturn \"c\"\n\t}}\n\treturn fmt.Sprintf(\"{ty}(%d)\", {tn}(x))\n}}\n"));
        self.top.push(format!("const (\n\t{p}d, {p}e = iota + {k}, (1 + iota) << (iota * {sh})\n\t{p}f, {p}g\n\t{p}h = \"s\"\n\t{p}i\n\t{p}j, {p}k = float64(iota) / 2, len({p}i) {op} iota\n\t{p}l, _\n)\n"));
        self.emit(
            r#"const (
	a = 1 << (iota * 3)
	b
	c = iota $0 $1
	d = 'a' + iota
	e
	f = uint8(iota) << 5
	g
	big = 1 << (90 + iota) >> 88
)
arr := [...]string{$2a: "zero", $2c: "three", $2b: "one"}
fmt.Println("i$3", a, b, c, d, e, f, g, big, len(arr), arr)
fmt.Println("i$3", $2a, $2c, $2d, $2e, $2f, $2g, $2h, $2i, $2j, $2k, $2l, $4(9))
fmt.Printf("i$3 %v %d %T %T %T %T %x\n", $2b, $2c, $2c, $2l, d, f, $2c)"#,
            &[op, &k, &p, id, &ty],
        );
    }

    fn slice_conversions(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let e = self.pure_expr(&[("i", INT)], t, 2);
        let (n, k) = (self.r.range(0, 6), self.r.range(0, 5));
        let j = self.r.below(k + 1);
        let (n, k, j) = (n.to_string(), k.to_string(), j.to_string());
        self.need("try");
        self.emit(
            r#"type arr [$0]$1
xs := make([]$1, $2, $2+2)
for i := range xs {
	xs[i] = $3
}
try($4, func() {
	a := arr(xs)
	p := (*arr)(xs)
	for i := range p {
		p[i], a[len(a)-1-i] = a[i], p[i]
	}
	fmt.Println("y$4", a, xs, *p == a, len(p))
	q := (*[$5]$1)(p[:$5])
	*q = [$5]$1{}
	fmt.Println("y$4", xs, cap(p[:$5:$5]), [$5]$1(xs) == *q)
})
try($4, func() { fmt.Println("y$4", xs[:$0+1][:$5], (*[0]$1)(xs[:0]) == nil, (*[0]$1)([]$1(nil)) == nil) })
rs, bs := []rune("aé日"), []byte("aé\xff")
type letters []rune
type octets []byte
type word string
fmt.Println("y$4", string(rs[:2]), string(bs[1:]), word(letters(rs)), octets(word("é")), string(rune($2+0x60)), []rune(string(bs)), word(octets(bs)) == word("aé\xff"))
copy(bs[1:], "xyz")
bs = append(bs[:1], "tail"...)
bs = append(bs, bs[1:3]...)
fmt.Println("y$4", string(bs), len(append([]rune(nil), rs...)), copy(rs, rs[1:]))
fmt.Println("y$4", string(rs))"#,
            &[&k, &tn, &n, &e, id, &j],
        );
    }

    fn new_values(&mut self, id: &str) {
        let (t, u) = (self.plain_type(), self.int_type());
        let (tn, un) = (self.tn(t), self.tn(u));
        let (a, b) = (self.store_typed(t, 2).s, self.store(u, 2).s);
        let e = self.pure_expr(&[("x", u), ("y", u)], u, 2);
        self.import("math");
        self.emit(
            r#"p, q := new($0), new($1($2))
ps := []*$1{q, new(*q), new($1), new(max(*q, 3, $1(len("abc"))))}
*ps[1]++
*q ^= 1
for i, x := range ps {
	y := ps[len(ps)-1-i]
	fmt.Print(*x, " ", x == y, " ", min(*x, *y, 7), max(*x, *y), " ")
}
f := func(x, y $1) *$1 { return new($3) }
fmt.Println("b$4", *p == *new($0), *f(*q, *ps[2]), *new("s" + "t"), *new(2.5), **new(new(true)), new(struct{ a int }{3}).a, *new(len(ps)))
fmt.Printf("b$4 %T %T %T %T\n", new('a'), new(1i), new([]$5{}), new(any(3)))
fmt.Println("b$4", min("b", "a", "ab"), max(1.5, math.NaN()), min(0.0, math.Copysign(0, -1)), max(2, 3.5, 'a'))
m := map[$1]*$5{*q: p}
xs := []*$5{p, nil}
clear(m)
clear(xs[:1])
clear(ps[2:])
fmt.Println("b$4", len(m), xs[0] == nil, len(ps), ps[3] == nil, *ps[1])"#,
            &[&a, &un, &b, &e, id, &tn],
        );
    }

    fn struct_values(&mut self, id: &str) {
        let (t, u) = (self.plain_type(), self.plain_type());
        let (tn, un) = (self.tn(t), self.tn(u));
        let (a, b) = (self.store(t, 2).s, self.store(u, 2).s);
        let e = self.pure_expr(&[("i", INT)], u, 2);
        let n = self.few(1, 4);
        self.emit(
            r#"type cell struct {
	x $0 `tag:"x"`
	y [2]$1
	z *cell
	_ struct{}
}
type plain struct {
	x $0
	y [2]$1
	z *cell
	_ struct{}
}
grid := [2][$2]cell{}
rows := grid[:]
for i := range grid[0] {
	grid[1][i].x = $3
	rows[0][i] = cell{$3, [2]$1{1: $4}, &grid[1][i], struct{}{}}
}
old := grid
p := &rows[0][0]
*p.z = cell{y: p.y, z: p}
p.z.z.y[0], p.x = $5, p.z.x
edit := func(c cell, f func(*cell)) cell { f(&c); return c }
fn := func(c cell) (cell, *[2]$1) { c.y[1] = c.y[0]; return c, &c.y }
c, y := fn(*p)
y[0] = grid[0][0].y[1]
fmt.Println("c$6", c.x, c.y, *y, p.y, old[0][0].y, old == grid, old[0][0].z == c.z, grid[1][0].z == p)
d := plain(c)
c.x = old[1][0].x
m := map[string]cell{"k": c}
tmp := m["k"]
tmp.y[1] = $5
var acc []cell
acc = append(acc, tmp, cell(d), edit(m["k"], func(c *cell) { c.x = tmp.x }))
for _, c := range acc {
	c.y = [2]$1{}
}
acc[0], acc[len(acc)-1] = acc[len(acc)-1], acc[0]
fmt.Println("c$6", m["k"].y, d.x, len(acc), acc[0].y, acc[1].x, acc[2].y, struct{ a, b $0 }{c.x, d.x})
ch := make(chan [2]cell, 1)
ch <- [2]cell{c, acc[1]}
c.y[0] = $5
got := <-ch
var i any = got
got[0].y[0] = $5
fmt.Println("c$6", i.([2]cell)[0].y, got[0].y, i == any(got))"#,
            &[&tn, &un, &n, &a, &e, &b, id],
        );
    }

    fn bits_and_bounds(&mut self, id: &str) {
        let t = self.int_type();
        let tn = self.tn(t);
        let e: Vec<String> = (0..3).map(|_| self.store_typed(t, 2).s).collect();
        let (n, k) = (self.few(0, 80), self.few(1, 9));
        self.import("math/bits");
        self.emit(
            r#"x, y, z := $0, $1, $2
for i := range uint($3) {
	x, y, z = y<<(i%9)^x>>i, z&^x|$4(i), x*y-z
}
lo := $4(1)
for lo<<1 != 0 {
	lo <<= 1
}
hi := lo - 1
fmt.Println("x$5", x, y, z, lo, hi, lo-1 == hi, hi+1, -lo, lo*lo, x<<200, x>>200, ^x>>7, int8(x), uint8(y), uint16(z), int32(hi), uint64(lo), rune(x))
if d := y | 1; true {
	q, r := x/d, x%d
	fmt.Println("x$5", q, r, q*d+r == x, lo/(d|1), lo%d, lo/^$4(0), hi%^$4(0), -x/d, x&-x, x^x, x&^y == x^x&y)
}
x++
y--
x, y = y, x
x <<= uint8(z) & 7
y >>= $6
z %= y | 1
z /= x | 1
fmt.Println("x$5", x, y, z, bits.OnesCount64(uint64(x)), bits.LeadingZeros32(uint32(y)), bits.Reverse8(uint8(z)), x < y, uint64(x) < uint64(y), int64(x) < int64(z))"#,
            &[&e[0], &e[1], &e[2], &n, &tn, id, &k],
        );
    }
}
