//! Scenes about statements: jumps, labels, iterators in one another, loop variables, ranges, scopes.

use crate::gen_state::Gen;
use crate::types::*;

impl Gen {
    /// One scene about control flow.
    pub fn form_scene(&mut self) {
        self.import("fmt");
        let id = self.trace_id().to_string();
        match self.r.below(10) {
            0 => self.gotos(&id),
            1 => self.labelled(&id),
            2 | 3 if self.on("iter") => self.nested_iterators(&id),
            4 if self.on("iter") => self.iterator_misuse(&id),
            5 => self.loop_variables(&id),
            6 => self.range_forms(&id),
            7 => self.shadowing(&id),
            8 => self.switches(&id),
            _ => self.fallbacks(&id),
        }
    }

    fn gotos(&mut self, id: &str) {
        let t = self.int_type();
        let (n, e) = (
            self.few(1, 7),
            self.pure_expr(&[("acc", t), ("i", INT)], t, 3),
        );
        let c = self.condition(&[("acc", t), ("i", INT)]);
        self.emit(
            r#"func() {
	i, skips := 0, 0
	var acc $0
	var kept []func() $0
again:
	if i >= $1 {
		goto done
	}
	{
		y := acc
		kept = append(kept, func() $0 { y++; return y })
		acc = $2
		i++
		if $3 && skips < 3 {
			skips++
			goto again
		}
		for range 3 {
			for {
				if i%2 == 0 {
					goto next
				}
				break
			}
			acc++
		}
	}
next:
	fmt.Println("g$4", i, acc, skips)
	goto again
done:
	for _, f := range kept {
		f()
		fmt.Print(f(), " ")
	}
	fmt.Println("g$4", i, acc)
}()"#,
            &[&self.tn(t), &n, &e, &c, id],
        );
    }

    fn labelled(&mut self, id: &str) {
        self.need("nc");
        let (n, m) = (self.few(2, 6), self.few(2, 5));
        let (a, b) = (
            self.condition(&[("i", INT), ("j", INT)]),
            self.pure_expr(&[("i", INT), ("n", INT)], INT, 2),
        );
        self.emit(
            r#"full := make(chan int, 1)
full <- 1
empty := make(chan int)
n := 0
outer:
for i := range $0 {
inner:
	for j := 0; ; j++ {
		n++
		select {
		case full <- j:
			fmt.Println("l$4 never")
		case x, ok := <-empty:
			fmt.Println("l$4 never", x, ok)
		default:
			switch {
			case j > $1:
				break inner
			case $2:
				if j%2 == 1 {
					continue outer
				}
				continue inner
			case uint(nc($3))%5 == 0:
				break
			case n > 40:
				break outer
			default:
				select {
				case x := <-full:
					full <- x + 1
					if x > 6 {
						break outer
					}
					continue
				default:
					break outer
				}
			}
		}
		if j > i {
			continue outer
		}
	}
	fmt.Println("l$4", i, n, len(full))
}
block:
switch {
case n >= 0:
	if n > 3 {
		break block
	}
	fmt.Println("l$4 small")
}
fmt.Println("l$4", n, <-full)"#,
            &[&n, &m, &a, &b, id],
        );
    }

    fn nested_iterators(&mut self, id: &str) {
        self.import("iter");
        let t = self.plain_type();
        let tn = self.tn(t);
        let e = self.pure_expr(&[("i", INT)], t, 3);
        let vars = [("i", INT), ("j", INT), ("k", INT)];
        let c: Vec<String> = (0..4).map(|_| self.condition(&vars)).collect();
        let n = [self.few(1, 5), self.few(1, 5), self.few(1, 4)];
        self.emit(
            r#"count := func(tag string, n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer fmt.Println("N$0", tag, "end")
		for i := 0; i < n && yield(i); i++ {
		}
	}
}
pairs := func(s iter.Seq[int]) iter.Seq2[int, $1] {
	return func(yield func(int, $1) bool) {
		for i := range s {
			if !yield(i, $2) {
				return
			}
		}
	}
}"#,
            &[id, &tn, &e],
        );
        let how = self.r.pick(&[
            "return i*100 + j*10 + k, true",
            "break outer",
            "panic(i + j)",
            "goto out",
            "return",
        ]);
        self.emit(
            r#"walk := func() (r int, ok bool) {
	defer func() {
		if e := recover(); e != nil {
			fmt.Println("N$0 recovered", e, r)
			r = -2
		}
	}()
	steps := 0
outer:
	for i := range count("a", $1) {
		defer func() { r += i }()
	middle:
		for j, x := range pairs(count("b", $2)) {
			_ = x
			defer fmt.Println("N$0 deferred", i, j)
			for k := range count("c", $3) {
				if steps++; steps > 30 {
					break outer
				}
				r++
				if $4 {
					continue outer
				}
				if $5 && k > 0 {
					continue middle
				}
				if $6 && j > 0 {
					break middle
				}
				if $7 {
					$8
				}
			}
		}
	}
	goto out
out:
	return r, steps > 3
}
fmt.Println(walk())"#,
            &[id, &n[0], &n[1], &n[2], &c[0], &c[1], &c[2], &c[3], how],
        );
    }

    /// Iterators that panic, that do not stop, or whose loop body is called again.
    fn iterator_misuse(&mut self, id: &str) {
        self.need("try");
        self.import("iter");
        let (n, m) = (self.few(1, 4), self.few(0, 3));
        let how = self.r.pick(&[
            "for i := range 4 { yield(i) }",
            "yield(1); keep = yield",
            "defer func() { recover(); fmt.Println(\"swallowed\") }(); yield(1); panic(\"own\")",
            "defer yield(7); yield(1)",
            "if yield(0) && yield(1) { panic(\"in iterator\") }",
            "defer func() { fmt.Println(\"e\", recover()); panic(\"second\") }(); yield(1)",
        ]);
        let body = self.r.pick(&[
            "if x >= $0 { break }",
            "if x >= $0 { panic(x) }",
            "defer fmt.Println(\"in body\", x)",
            "if x == $0 { return }",
        ]);
        let body = body.replace("$0", &n);
        self.emit(
            r#"var keep func(int) bool
var seq iter.Seq[int] = func(yield func(int) bool) {
	$1
}
try($0, func() {
	for x := range seq {
		fmt.Println("K$0", x)
		$2
	}
})
try($0, func() {
	if keep != nil {
		fmt.Println(keep($3))
	}
})
try($0, func() {
	next, stop := iter.Pull(seq)
	defer stop()
	fmt.Println(next())
	fmt.Println(next())
})"#,
            &[id, how, &body, &m],
        );
    }

    fn loop_variables(&mut self, id: &str) {
        let n = self.few(2, 6);
        let step = self.pure_expr(&[("i", INT), ("j", INT)], INT, 2);
        let c = self.condition(&[("i", INT), ("j", INT)]);
        self.emit(
            r#"var fs []func() (int, int)
var at []*int
for i, j := 0, 10; i < $0; i, j = i+1, j-1 {
	if i == 1 {
		fs = append(fs, func() (int, int) { j += 100; i++; return i, j })
		continue
	}
	fs = append(fs, func() (int, int) { i, j = j, i; return i, j })
	at = append(at, &j)
	if $1 {
		*at[0] += int(uint8(nc($2)))
	}
	defer func() { fmt.Println("L$3 late", i, j) }()
}
for k, f := range fs {
	x, y := f()
	fmt.Println("L$3", k, x, y)
	func() {
		k += 10
		fmt.Println("L$3", k)
	}()
}
for _, p := range at {
	fmt.Print(*p, " ")
}
for i := range 3 {
	i *= 2
	defer func() { i++; fmt.Println("L$3 i", i) }()
}
fmt.Println()"#,
            &[&n, &c, &step, id],
        );
        self.need("nc");
    }

    fn range_forms(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let e = self.pure_expr(&[("i", INT)], t, 2);
        let (n, k) = (self.few(1, 5), self.few(0, 4));
        self.emit(
            r#"var arr [$0]$1
for i := range arr {
	arr[i] = $2
}
for i, x := range arr {
	arr[len(arr)-1-i] = x
}
fmt.Println("r$3", arr)
for i, x := range &arr {
	arr[len(arr)-1-i] = x
}
sl := arr[:]
for i, x := range sl {
	if i == 0 {
		sl = append(sl[:0:0], sl[len(sl)/2:]...)
	}
	arr[i%len(arr)] = x
	fmt.Println("r$3", i, x, len(sl))
}
var at struct {
	i  int
	xs [8]$1
}
for at.i, at.xs[at.i+1] = range arr {
}
fmt.Println("r$3", at)
for i := range uint8($4) {
	fmt.Printf("%T%d ", i, i)
}
const top = 3
for i := range top {
	fmt.Print(i)
}
for i, r := range "aé\xff日" {
	fmt.Print(" ", i, ":", r)
}
for i, b := range []byte("é") {
	fmt.Print(" ", i, ":", b)
}
ch := make(chan $1, 4)
for i := range $4 {
	_ = i
	ch <- $2
}
close(ch)
seen := 0
for range ch {
	seen++
}
x, ok := <-ch
fmt.Println("r$3", seen, x, ok)
var none []int
for range none {
	fmt.Println("never")
}
for range [2]struct{}{} {
	seen++
}
var np *[3]int
for i := range np {
	seen += i
}
fmt.Println("r$3", seen, len(np))"#,
            &[&n, &tn, &e, id, &k],
        );
    }

    fn shadowing(&mut self, id: &str) {
        let t = self.int_type();
        let tn = self.tn(t);
        let (a, b) = (self.store(t, 2).s, self.store(t, 2).s);
        let c = self.condition(&[("x", t), ("y", t)]);
        self.emit(
            r#"func(x $0) {
	y := x
	if x := x + 1; $2 {
		y := y + x
		x, y := y, x
		fmt.Println("s$3", x, y)
	} else if x := x * 2; x > y {
		fmt.Println("s$3", x, y)
	} else {
		type int string
		var len int = "len"
		fmt.Println("s$3", len, x)
	}
	for x := x; x < 0; x++ {
		x := x
		_ = x
		break
	}
	switch x := any(x).(type) {
	case $0:
		x++
		{
			x := x + 1
			fmt.Println("s$3", x, y)
		}
	}
	true, nil := false, 3
	string := func(n int) int { return n + nil }
	fmt.Println("s$3", x, y, true, string(4))
	x, z := y, x
	{
		z, y := x, z
		z += y
		func(z $0) { y = z }(z)
		fmt.Println("s$3", y, z)
	}
	fmt := fmt.Sprint(x, y, z)
	println := func(s ...any) { chk(uint64(len(fmt))) }
	println(fmt)
}(nc($1) + $4)"#,
            &[&tn, &a, &c, id, &b],
        );
        self.need("chk");
        self.need("nc");
    }

    fn switches(&mut self, id: &str) {
        let t = self.some_type(INT, |ty, t| ty.is_int(t) || t == STR);
        let tn = self.tn(t);
        let vars = [("x", t), ("i", INT)];
        let e: Vec<String> = (0..4).map(|_| self.pure_expr(&vars, t, 2)).collect();
        let c = self.condition(&vars);
        let start = self.store(t, 1).s;
        let through = self.r.pick(&["fallthrough", "", "break"]);
        self.emit(
            r#"case_ := func(tag int, x $0) $0 { fmt.Print(tag, " "); return x }
x := $1
for i := range 5 {
	switch y := x; case_(0, y) {
	case case_(1, $2), case_(2, $3):
		fmt.Print("first ")
		$6
	default:
		fmt.Print("default ")
		if $7 {
			break
		}
		fallthrough
	case case_(3, $4):
		fmt.Print("last ")
		x := y
		_ = x
	}
	switch {
	case x == $5, $7:
		x = $3
		continue
	}
	switch i {
	case 0, 2:
		x = $2
	case 1:
		x = $4
		fallthrough
	case 7:
		x = $5
	}
	fmt.Println("w$8", i, x)
}"#,
            &[&tn, &start, &e[0], &e[1], &e[2], &e[3], through, &c, id],
        );
    }

    /// `select` with one way out, and channels as values.
    fn fallbacks(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let e = self.pure_expr(&[("i", INT)], t, 2);
        let n = self.few(1, 6);
        self.emit(
            r#"out, in := make(chan $0, 3), make(chan chan $0, 2)
go func() {
	defer close(in)
	for i := range $1 {
		c := make(chan $0)
		in <- c
		select {
		case c <- $2:
		case <-make(chan int):
		}
		if i%2 == 1 {
			close(c)
		}
	}
}()
i := 0
var got [8]$0
for c := range in {
	var ok bool
	got[i], ok = <-c
	select {
	case out <- got[i]:
	default:
		fmt.Println("u$3 full", len(out), cap(out), ok)
	}
	i++
}
for len(out) > 0 {
	select {
	case got[len(out)] = <-out:
	}
}
var off chan<- $0
select {
case off <- got[0]:
case x, ok := <-in:
	fmt.Println("u$3", x == nil, ok)
}
fmt.Println("u$3", i, got[:i])"#,
            &[&tn, &n, &e, id],
        );
    }
}
