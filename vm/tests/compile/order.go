package main

var trace string

func t(s string, n int) int { trace += s; return n }

type T struct{ a, b, c int }

func three() (int, int, int) { return 1, 2, 3 }

var counter int

func next() int { counter++; return counter }

func ptr() *T { trace += "p"; return &T{} }

type Big struct {
	arr  [40]int
	name string
}

func mod(b Big) Big { b.arr[3] = 9; b.name += "!"; return b }

type Node struct {
	left, right *Node
	val         int
}

func (n *Node) sum() int {
	if n == nil {
		return 0
	}
	return n.left.sum() + n.val + n.right.sum()
}

func multi() (a int, b string, err error) {
	defer func() {
		if r := recover(); r != nil {
			a, b = -1, "rec"
		}
	}()
	var m map[string]int
	m["x"] = 1
	return 5, "no", nil
}

func deferArgs() {
	x := 1
	defer println("deferred x", x)
	x = 2
	defer func(n int) { println("n", n, x) }(x)
	x = 3
}

type E struct{ code int }

func (e E) Error() string { return "E" }
func fails(n int) error {
	if n == 0 {
		return nil
	}
	return E{n}
}

type I8s struct{ a, b, c, d int8 }
type Mixed struct {
	f float32
	u uint16
	s I8s
	k [3]byte
}

func main() {
	x := t("a", 1) + t("b", 2)*t("c", 3)
	println(x, trace)
	trace = ""
	arr := []int{t("1", 1), t("2", 2)}
	arr[t("i", 0)], arr[t("j", 1)] = t("x", 5), t("y", 6)
	println(trace, arr[0], arr[1])
	i := 0
	i, arr[i] = 1, 9
	println(i, arr[0])
	a := []int{counter, next(), counter}
	println(a[0], a[1], a[2])
	b := Big{name: "big"}
	c := mod(b)
	println(b.arr[3], b.name, c.arr[3], c.name)
	ba := [3]Big{}
	ba[1] = c
	k := 1
	ba[k].arr[k+2]++
	println(ba[1].arr[3], ba[k].name)
	tr := &Node{&Node{nil, nil, 1}, &Node{nil, &Node{nil, nil, 5}, 3}, 10}
	println(tr.sum())
	println(multi())
	deferArgs()
	if err := fails(3); err != nil {
		println(err.Error(), err.(E).code, err == E{3}, err != E{4})
	}
	println(fails(0) == nil)
	m := Mixed{1.5, 65535, I8s{1, -2, 3, -4}, [3]byte{1, 2, 3}}
	n := m
	n.s.b = 100
	n.k[1] = 200
	n.u++
	j := 2
	n.k[j] += 250
	println(m.s.b, n.s.b, m.k[1], n.k[1], n.u, n.k[2], m == n, n.f)
	s := n.s
	println(s.b, s == m.s, s.d)
	var ms [4]Mixed
	ms[2] = n
	pm := &ms[2]
	pm.s.c--
	println(ms[2].s.c, ms[2].k[1], len(ms))
	mm := map[string]Mixed{"a": m}
	println(mm["a"].s.d, mm["zz"].u)
	mi := map[int8]int16{-1: -5, 3: 7}
	mi[-1] *= 3
	println(mi[-1], mi[3], mi[9])
	mf := map[float64]string{1.5: "x"}
	println(mf[1.5])
	ma := map[any]int{1: 1, "a": 2, 2.5: 3, P{1}: 4}
	println(ma[1], ma["a"], ma[2.5], ma[P{1}], ma[P{2}])
	q := ptr()
	q.a, q.b, q.c = three()
	println(q.a, q.b, q.c)
	ptr().a += t("z", 1)
	println(trace)
	var i32 int32 = -1
	var u uint = 3
	println(i32>>u, i32<<31, uint32(i32)>>u, 1<<u, int8(i+1)<<6, i32>>40)
	var sh uint8 = 200
	println(u<<sh, -1>>sh == -1)
	f32 := float32(0.1)
	println(f32*f32, float64(f32) == 0.1, int32(f32*100))
	c64 := complex64(complex(1, -1))
	println(c64*c64, real(c64), c64 == 1-1i)
	lab := ""
	for i := range 5 {
		switch {
		case i == 1:
			continue
		case i == 3:
			break
		default:
			lab += string(rune('0' + i))
		}
	}
	println(lab)
	var grid [8][8]byte
	for y := 0; y < 8; y++ {
		for x := 0; x < 8; x++ {
			grid[y][x] = byte(x ^ y)
		}
	}
	tot := 0
	for _, row := range grid {
		for _, v := range row {
			tot += int(v)
		}
	}
	println(tot)
	sl := grid[3][2:5]
	println(len(sl), cap(sl), sl[0])
	pa := &arrg
	for i, v := range pa {
		pa[i] = v * 2
	}
	println(arrg[0], arrg[2], len(pa))
	for i, v := range arrg {
		arrg[2] = 100
		print(i, v, " ")
	}
	println()
	var e1, e2 any = 1, 1.0
	println(e1 == e2, e1 == 1, e2 == 1.0)
	str := "abc"
	bs := []byte(str)
	bs[0] = 'z'
	println(str, string(bs))
	type local struct{ n int }
	ls := []local{{1}, {2}}
	lp := &ls[0]
	ls = append(ls, local{3})
	lp.n = 50
	println(ls[0].n, lp.n)
	goto end
end:
	println("end")
	func() {
		defer func() {
			defer func() { println("inner", recover().(string)) }()
			println("outer", recover().(string))
			panic("second")
		}()
		panic("first")
	}()
	var np *Node
	defer func() {
		println(recover().(error).Error())
	}()
	println(np.val)
}

type P struct{ n int }

var arrg = [3]int{1, 2, 3}
