package main

type P struct{ x, y int }
type Q struct {
	a int8
	b int32
	c bool
	d string
	p P
}

const big = 1 << 40

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func swap(a, b string) (string, string) { return b, a }

func named(n int) (x, y int) {
	x = n
	y = n * 2
	return y, x
}

func variadic(s string, xs ...int) int {
	t := len(s)
	for _, x := range xs {
		t += x
	}
	return t
}

func two() (int, string) { return 7, "seven" }
func take(n int, s string) { println(n, s) }
func anyOf(xs ...any) int { return len(xs) }

var g1 = fib(10)
var g2, g3 = two()
var arr = [5]int{1, 2, 3, 4, 5}
var gs = []string{"a", "b", 3: "d"}

func init() { println("init", g1, g2, g3) }

func main() {
	println(fib(20))
	a, b := swap("x", "y")
	println(a, b)
	x, y := named(4)
	println(x, y)
	println(variadic("abc"), variadic("abc", 1, 2, 3), variadic("", []int{4, 5}...))
	take(two())
	println(anyOf(two()), anyOf(), anyOf(1, "a", nil))
	q := Q{a: -5, b: 70000, c: true, d: "hey", p: P{1, 2}}
	r := q
	r.a++
	r.b *= 2
	r.p.y = 99
	r.d += "!"
	println(q.a, q.b, q.c, q.d, q.p.x, q.p.y)
	println(r.a, r.b, r.c, r.d, r.p.x, r.p.y)
	pq := &q
	pq.p.x += 10
	pq.c = !pq.c
	println(q.p.x, q.c, pq.p == P{11, 2}, q == r)
	var i8 int8 = 127
	i8++
	var u8 uint8 = 0
	u8--
	var u32 uint32 = 1 << 31
	u32 <<= 1
	println(i8, u8, u32, big, -7/2, -7%3, 7&^5, 6^3)
	var i int = -7
	println(i/2, i%3, i>>1, uint32(i), uint8(i), i/4, i*8)
	var u64 uint64 = 1<<63 + 5
	println(u64/2, u64%10, u64>>3, u64*3, u64 > 10, int64(u64) < 0)
	f := 1.5
	f *= 3
	println(f, -f, int(f), float32(f)/3, f > 4.4, f != f, uint8(200.0))
	c := complex(1, 2)
	c = c*c + 1i
	println(c, real(c), imag(c), c == complex(-3, 5))
	s := "héllo"
	println(len(s), s[1], s[1:3] == "é", s+"x"+s, s < "i", s >= "h")
	for i, ch := range s {
		print(i, ":", ch, " ")
	}
	println()
	for i := range 3 {
		print(i)
	}
	println()
	sl := make([]int, 3, 10)
	sl[1] = 5
	sl = append(sl, 1, 2, 3)
	sl = append(sl, 9)
	sl2 := sl[2:5]
	sl2[0] = 77
	println(len(sl), cap(sl), len(sl2), cap(sl2), sl[2], sl[1:2:3][0])
	arr2 := arr
	arr2[2] = 100
	k := 3
	arr2[k]++
	println(arr[2], arr2[2], arr2[k], len(arr), gs[3], len(gs), gs[2] == "")
	m := map[string]int{"a": 1, "b": 2}
	m["c"] += 5
	m["a"]++
	delete(m, "b")
	v, ok := m["b"]
	println(len(m), m["a"], m["c"], v, ok)
	if v, ok := m["c"]; ok {
		println("c is", v)
	}
	t := 0
	for k, v := range m {
		t += len(k) * v
	}
	println(t)
	lbl := 0
outer:
	for i := 0; i < 10; i++ {
		for j := 0; ; j++ {
			if j == 5 {
				continue outer
			}
			if i == 7 {
				break outer
			}
			lbl += i * j
		}
	}
	println(lbl)
	n := 0
loop:
	if n < 5 {
		n++
		goto loop
	}
	println(n)
	switch {
	case n > 3:
		println("big")
		fallthrough
	case n > 100:
		println("fell")
	default:
		println("no")
	}
	for i := 0; i < 9; i++ {
		switch i {
		case 0, 1:
			print("a")
		case 2:
			print("b")
		case 3:
			print("c")
		case 4, 6:
			print("d")
		default:
			print("-")
		}
	}
	println()
	switch s {
	case "x", "y":
		println("xy")
	case "héllo":
		println("hello")
	}
	println(min(3, 1, 2), max(2.5, 1), min("b", "a"), max(int8(3), 4))
	var np *P
	var e any = q.p
	p2, ok2 := e.(P)
	println(p2.x, ok2, np == nil, e != nil)
	_, ok3 := e.(string)
	println(ok3)
	i, k = k, i
	println(i, k)
	arr2[0], arr2[1], k = arr2[1], arr2[0], 42
	println(arr2[0], arr2[1], k)
	sl[0], sl[1] = sl[1], sl[0]
	println(sl[0], sl[1])
	const huge = 1 << 100
	println(huge >> 98)
	bs := []byte("abc")
	bs = append(bs, "def"...)
	bs[0] = 'X'
	println(string(bs), string(rune(0x4e16)), len([]rune(s)), string([]rune{104, 233}))
	copy(bs[1:], "ZZ")
	println(string(bs), copy(bs, bs[3:]), string(bs))
	clear(m)
	clear(bs)
	println(len(m), bs[0])
	var z [3][4]int
	z[1][2] = 5
	for i := range z {
		for j := range z[i] {
			z[i][j] += i + j
		}
	}
	println(z[1][2], z[2][3])
	w := z
	w[0][0] = 1
	println(z[0][0], w[0][0], w == z)
	var iface interface{} = 5
	switch x := iface.(type) {
	case string:
		println("string", x)
	case int:
		println("int", x+1)
	}
	xs := []P{{1, 2}, {3, 4}}
	xs[1].x += 5
	for _, p := range xs {
		println(p.x, p.y)
	}
	ps := []*P{{5, 6}, {7, 8}}
	for i, p := range ps {
		p.x *= 2
		println(i, p.x, ps[i].x)
	}
	mp := map[P]string{{1, 2}: "one", {3, 4}: "two"}
	println(mp[P{1, 2}], mp[P{3, 4}], mp[P{}])
	func() {
		defer println("deferred")
		println("body")
	}()
}
