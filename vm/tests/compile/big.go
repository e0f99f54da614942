package main

type Grid [120][100]int

func (g Grid) sum() (s int) {
	for _, row := range g {
		for _, v := range row {
			s += v
		}
	}
	return
}

func (g *Grid) set(i, j, v int) { g[i][j] = v }

func fill(g Grid, v int) Grid {
	for i := range g {
		for j := range g[i] {
			g[i][j] = v
		}
	}
	return g
}

type Rec struct {
	name string
	data [3000]int32
	tail [5]byte
}

var global [1 << 20]byte
var recs = map[string]Rec{}

func main() {
	var g Grid
	h := fill(g, 2)
	println(g.sum(), h.sum())
	h.set(3, 4, 10)
	k := h
	k[3][4]++
	println(h[3][4], k[3][4], k == h, len(k))
	h = g
	println(h.sum(), h == g)
	n := 1000
	global[n*1000] = 7
	copyOf := global
	copyOf[n]++
	println(global[1000000], copyOf[1000000], global[1000], copyOf[1000], len(copyOf))
	var r Rec
	r.data[n] = -5
	r.tail[n-997] = 200
	recs["a"] = r
	r.data[n]--
	println(recs["a"].data[1000], r.data[1000], recs["a"].tail[3], recs["b"].name == "")
	ch := make(chan Rec, 1)
	ch <- r
	q := <-ch
	println(q.data[1000], q.tail[3])
	var a any = q
	println(a.(Rec).data[1000], a == any(q), a == any(r))
	f := func() int { q.data[1]++; return int(q.data[1]) }
	println(f(), f(), q.data[1])
	arr := [...]Grid{2: {5: {6: 7}}}
	println(arr[2][5][6], arr[n-999][5][6], len(arr))
	p := &arr[2]
	p[5][6]++
	println(arr[2][5][6], p.sum())
	s := []Grid{g}
	s = append(s, *p, fill(g, 1))
	println(len(s), s[1].sum(), s[2].sum())
	for i, x := range s {
		x[0][0] = 5
		print(i, x.sum(), s[i].sum(), " ")
	}
	println()
}
