package main

type T struct {
	n    int
	next *T
	m    map[string][]int
	f    func(int) int
	arr  [4]int32
	e    any
}

type S string
type Fn func() Fn

func (s S) Len() int { return len(s) }

type I1 interface{ A() int }
type I2 interface {
	I1
	B() string
}
type impl struct{ v int }

func (i impl) A() int     { return i.v }
func (i *impl) B() string { return "b" }

type Tree[K interface{ ~int | ~string }, V any] struct {
	root *tnode[K, V]
}
type tnode[K interface{ ~int | ~string }, V any] struct {
	k    K
	v    V
	l, r *tnode[K, V]
}

func (t *Tree[K, V]) Put(k K, v V) {
	p := &t.root
	for *p != nil {
		switch {
		case k < (*p).k:
			p = &(*p).l
		case k > (*p).k:
			p = &(*p).r
		default:
			(*p).v = v
			return
		}
	}
	*p = &tnode[K, V]{k: k, v: v}
}
func (t *Tree[K, V]) Walk(f func(K, V)) {
	var walk func(*tnode[K, V])
	walk = func(n *tnode[K, V]) {
		if n != nil {
			walk(n.l)
			f(n.k, n.v)
			walk(n.r)
		}
	}
	walk(t.root)
}

func div(a, b int) (q int, err any) {
	defer func() { err = recover() }()
	return a / b, nil
}

func multiRet() (a, b int, s string) {
	a, b = 1, 2
	s = "three"
	return
}

func shadow(x int) int {
	if x := x * 2; x > 10 {
		return x
	} else if y := x + 1; y > 5 {
		return y
	}
	return x
}

func loops() {
	for i, j := 0, 10; i < j; i, j = i+1, j-2 {
		print(i, j, " ")
	}
	n := 3
	for n > 0 {
		n--
		if n == 1 {
			continue
		}
		print(n)
	}
	for {
		n++
		if n > 3 {
			break
		}
	}
	println(n)
	for i := int8(120); i > 0; i++ {
		n++
	}
	println(n)
	for i := uint(3); i < 5; i++ {
		print(i)
	}
	for range 2 {
		print("r")
	}
	for i := range []string{"a", "b"} {
		print(i)
	}
	var nilm map[string]int
	for range nilm {
		print("never")
	}
	for i, c := range "aé\xffz" {
		print(" ", i, ":", c)
	}
	var k int
	var v string
	for k, v = range []string{"x", "y"} {
	}
	println(k, v)
	x := []int{1, 2, 3}
	for i, e := range x {
		x = append(x, e*10)
		if i == 0 {
			x[1] = 50
		}
	}
	println(len(x), x[3], x[4], x[5])
}

func isIface(x any) string {
	switch v := x.(type) {
	case nil:
		return "nil"
	case int, int8:
		_ = v
		return "int-ish"
	case error:
		return "error " + v.Error()
	case I2:
		return v.B()
	case func() int:
		return "func"
	case []int:
		return "slice" + string(rune('0'+len(v)))
	case map[string]int:
		return "map"
	case *T:
		if v == nil {
			return "nil *T"
		}
		return "*T"
	case struct{ a int }:
		return "struct"
	}
	return "?"
}

type errT struct{}

func (*errT) Error() string { return "errT" }

func maybe(fail bool) error {
	if fail {
		return &errT{}
	}
	return nil
}

const (
	c0 = iota
	c1
	_
	c3
	s1, s2 = iota * 10, "str"
)

type Weekday int

const (
	Sun Weekday = iota
	Mon
)

func (d Weekday) String() string { return [...]string{"Sun", "Mon"}[d] }

func main() {
	var t T
	t.m = map[string][]int{}
	t.m["a"] = append(t.m["a"], 1, 2)
	t.m["a"][0]++
	t.f = func(x int) int { return x + t.n }
	t.n = 5
	t.next = &T{n: 7}
	t.next.next = &t
	t.next.next.arr[2]--
	t.arr[3] += 10
	i := 1
	t.arr[i]++
	t.next.arr[i] = t.arr[2] * 2
	println(t.m["a"][0], len(t.m["a"]), t.f(1), t.next.n, t.arr[2], t.arr[1], t.next.arr[1])
	t.e = t.next
	println(t.e.(*T).n, t.e == any(t.next))
	println(S("abc").Len(), S("x")+"y" == "xy")
	var i2 I2 = &impl{4}
	var i1 I1 = i2
	println(i1.A(), i2.B(), i1.(I2).B())
	_, ok := I1(impl{1}).(I2)
	println(ok)
	var tr Tree[string, int]
	for i, s := range []string{"m", "c", "x", "a", "c"} {
		tr.Put(s, i)
	}
	tr.Walk(func(k string, v int) { print(k, v, " ") })
	println()
	q, err := div(7, 0)
	println(q, err.(error).Error())
	println(multiRet())
	println(shadow(6), shadow(3), shadow(1))
	loops()
	println(isIface(nil), isIface(1), isIface(int8(1)), isIface(&errT{}), isIface(&impl{}), isIface(func() int { return 1 }))
	println(isIface([]int{1}), isIface(map[string]int{}), isIface((*T)(nil)), isIface(&t), isIface(struct{ a int }{1}), isIface(1.5))
	println(maybe(true).Error(), maybe(false) == nil)
	println(c0, c1, c3, s1, s2, Mon, Mon.String(), Sun.String())
	a3 := [...]int{5: 1, 2, 1: 7}
	println(len(a3), a3[6], a3[1])
	ss := [][]string{{"a"}, {"b", "c"}}
	println(len(ss[1]), ss[1][1])
	mp := map[string]*T{"k": {n: 3}}
	mp["k"].n++
	println(mp["k"].n)
	pts := []*struct{ x, y int }{{1, 2}, {3, 4}}
	println(pts[1].y)
	var arr [3]func() int
	for i := range arr {
		arr[i] = func() int { return i * 10 }
	}
	println(arr[0](), arr[2]())
	b := []byte("hello")
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	println(string(b))
	var x, y = 1, 2
	x, y = y, x+y
	px, py := &x, &y
	*px, *py = *py, *px
	*px += 100
	println(x, y)
	var u16 uint16 = 65535
	u16 += 2
	var i16 int16 = -32768
	i16--
	println(u16, i16, -i16, ^u16, i16/-1)
	s := make([]struct {
		a byte
		b int16
	}, 3)
	s[1].b = -7
	s[2].a = 200
	cp := s[1]
	cp.b++
	println(s[1].b, s[2].a, cp.b, s[0] == s[2])
	func() {
		defer func() { println("r:", recover().(error).Error()) }()
		_ = s[i+5]
	}()
	func() {
		defer func() { println("r:", recover().(error).Error()) }()
		_ = b[i+3 : i]
	}()
	func() {
		defer func() { println("r:", recover().(error).Error()) }()
		var e any = "str"
		_ = e.(int)
	}()
	func() {
		defer func() { println("r:", recover().(error).Error()) }()
		var e any = impl{}
		_ = e.(I2)
	}()
	func() {
		defer func() { println("r:", recover().(error).Error()) }()
		n := -1
		_ = make([]int, n)
	}()
	func() {
		defer func() { println("r:", recover().(error).Error()) }()
		m := map[any]int{}
		m[[]int{1}] = 2
	}()
	func() {
		defer func() { println("r:", recover().(error).Error()) }()
		_ = [4]int(make([]int, 2))
	}()
	func() {
		defer func() { println("r:", recover().(error).Error()) }()
		sh := -1
		_ = 1 << sh
	}()
	pa := (*[2]byte)(b)
	pa[0] = '!'
	println(string(b), len(pa), [2]byte(b)[0] == '!')
	var nf Fn
	println(nf == nil, len("héé"[1:]))
	ch := make(chan [3]int, 1)
	ch <- [3]int{1, 2, 3}
	println((<-ch)[2])
	type pair struct {
		a, b any
	}
	p1, p2 := pair{1, "x"}, pair{1, "x"}
	println(p1 == p2, any(p1) == any(p2), p1 != pair{2, nil})
	var big [300]int
	big[i+100] = 7
	big2 := big
	big2[i+100]++
	println(big[101], big2[101], len(big2), big == big2)
	bp := &big2
	bp[0] = 3
	println(big2[0], func(b [300]int) int { b[0]++; return b[0] }(big2), big2[0])
	var cplx = map[complex128]string{1 + 2i: "c"}
	println(cplx[complex(1, 2)])
	f := 0.1
	for range 10 {
		f += 0.1
	}
	println(f, int64(f*1e9), uint32(3e9), -7.9 > f)
}
