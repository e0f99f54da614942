package main

type Shape interface {
	Area() int
	Name() string
}
type Sq struct{ s int }
type Rect struct {
	w, h int
	name string
}
type Base struct{ id int }

func (b *Base) SetID(n int) { b.id = n }
func (b Base) ID() int      { return b.id }

type Derived struct {
	Base
	*Rect
	n int
}
type Namer interface{ Name() string }
type Wrap struct{ Namer }

func (s Sq) Area() int      { return s.s * s.s }
func (s Sq) Name() string   { return "sq" }
func (r *Rect) Area() int   { return r.w * r.h }
func (r *Rect) Name() string { return r.name }
func (r Rect) Big(k int) bool { return r.w*r.h > k }

func counter() (func() int, func()) {
	n := 0
	return func() int { n++; return n }, func() { n = 100 }
}

func apply(f func(int) int, x int) int { return f(x) }

type Op func(int, int) int

func (o Op) Do(a, b int) int { return o(a, b) }

type MyInt int

func (m MyInt) Double() MyInt { return m * 2 }
func (m *MyInt) Inc()         { *m++ }

func deferOrder() (s string) {
	for i := 0; i < 3; i++ {
		defer func() { s += string(rune('a' + i)) }()
	}
	return "x"
}

func rec(f func(int)) (r int, err any) {
	defer func() {
		err = recover()
		r++
	}()
	f(5)
	return 10, nil
}

func tree(n int) func() int {
	x := n
	return func() int {
		y := x
		g := func() int { y++; return x + y }
		return g() + g()
	}
}

func main() {
	inc, reset := counter()
	println(inc(), inc())
	reset()
	println(inc())
	k := 10
	println(apply(func(x int) int { return x * k }, 4))
	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { i += 10; return i })
	}
	for _, f := range fs {
		print(f(), " ", f(), " ")
	}
	println()
	var gs []func() int
	for i := 0; i < 3; i++ {
		gs = append(gs, func() int { return i * i })
	}
	for i := range 3 {
		gs = append(gs, func() int { return i + 100 })
	}
	for _, f := range gs {
		print(f(), " ")
	}
	println()
	shapes := []Shape{Sq{3}, &Rect{2, 5, "r"}, Sq{4}}
	t := 0
	for _, s := range shapes {
		t += s.Area()
		print(s.Name(), " ")
	}
	println(t)
	var d Derived
	d.Rect = &Rect{3, 4, "inner"}
	d.SetID(7)
	println(d.ID(), d.id, d.Area(), d.Name(), d.Big(11), d.w)
	var n Namer = d
	println(n.Name())
	n = &d
	println(n.Name())
	w := Wrap{Sq{1}}
	println(w.Name())
	n = w
	println(n.Name())
	f := d.Area
	d.Rect = &Rect{10, 10, "z"}
	println(f(), d.Area())
	g := (*Rect).Area
	h := Rect.Big
	println(g(d.Rect), h(*d.Rect, 5))
	ai := Shape.Area
	println(ai(Sq{9}))
	sh := shapes[1].Name
	println(sh())
	println(Op(func(a, b int) int { return a - b }).Do(5, 3))
	var m MyInt = 4
	m.Inc()
	pm := &m
	pm.Inc()
	println(m.Double(), pm.Double())
	inc2 := m.Inc
	inc2()
	println(m)
	println(deferOrder())
	r, e := rec(func(x int) { panic(x * 2) })
	println(r, e.(int))
	r, e = rec(func(x int) {})
	println(r, e == nil)
	tf := tree(3)
	println(tf(), tf())
	var fact func(int) int
	fact = func(n int) int {
		if n == 0 {
			return 1
		}
		return n * fact(n-1)
	}
	println(fact(10))
	func(xs ...string) {
		for _, x := range xs {
			print(x, ",")
		}
		println()
	}("a", "b")
	var s Shape
	defer func() {
		r := recover()
		err := r.(error)
		println(err.Error())
		var arr []int
		defer func() { println(recover().(error).Error()) }()
		println(arr[5])
	}()
	s.Area()
}
