package main

type Number interface {
	~int | ~int8 | ~float64
}

func Sum[T Number](xs ...T) T {
	var t T
	for _, x := range xs {
		t += x
	}
	return t
}

func Map[T, U any](xs []T, f func(T) U) []U {
	out := make([]U, 0, len(xs))
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }
func (s *Stack[T]) Pop() (T, bool) {
	var zero T
	if len(s.items) == 0 {
		return zero, false
	}
	x := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x, true
}

type Pair[K comparable, V any] struct {
	Key K
	Val V
}
type Stringer interface{ String() string }
type ID int

func (i ID) String() string { return "id" }

func Show[T Stringer](x T) string { return x.String() + "!" }

type List[T any] struct {
	head *node[T]
	n    int
}
type node[T any] struct {
	v    T
	next *node[T]
}

func (l *List[T]) Add(v T) { l.head = &node[T]{v, l.head}; l.n++ }
func (l *List[T]) All() func(yield func(int, T) bool) {
	return func(yield func(int, T) bool) {
		i := 0
		for n := l.head; n != nil; n = n.next {
			if !yield(i, n.v) {
				return
			}
			i++
		}
	}
}

func Keys[M ~map[K]V, K comparable, V any](m M) int { return len(m) }
func Ptr[T any](x T) *T                            { return &x }
func Conv[T, U ~int | ~float64](x T) U               { return U(x) }

func find(l *List[string], s string) int {
	for i, v := range l.All() {
		if v == s {
			return i
		}
	}
	return -1
}

func seq(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func nested() (r int) {
outer:
	for i := range seq(10) {
		for j := range seq(10) {
			if j == 3 {
				continue outer
			}
			if i == 4 {
				break outer
			}
			if i == 100 {
				return -1
			}
			r += i*10 + j
		}
	}
	for range seq(3) {
		r++
	}
	return
}

type Eq[T any] interface{ Equal(T) bool }
type N int

func (a N) Equal(b N) bool { return a == b }
func Index[T Eq[T]](xs []T, x T) int {
	for i, y := range xs {
		if y.Equal(x) {
			return i
		}
	}
	return -1
}

func typeName[T any](x T) string {
	switch any(x).(type) {
	case int:
		return "int"
	case string:
		return "string"
	case []T:
		return "slice"
	}
	return "other"
}

func main() {
	println(Sum(1, 2, 3), Sum(1.5, 2), Sum[int8](100, 100))
	for _, s := range Map([]int{1, 2, 3}, func(i int) string { return string(rune('a' + i)) }) {
		print(s)
	}
	println()
	var st Stack[string]
	st.Push("x")
	st.Push("y")
	a, ok := st.Pop()
	println(a, ok, len(st.items))
	si := &Stack[Pair[string, int]]{}
	si.Push(Pair[string, int]{"k", 5})
	p, _ := si.Pop()
	println(p.Key, p.Val)
	println(Show(ID(3)))
	var l List[string]
	l.Add("c")
	l.Add("b")
	l.Add("a")
	for i, v := range l.All() {
		print(i, v, " ")
	}
	println(find(&l, "b"), find(&l, "zz"))
	println(Keys(map[string]int{"a": 1}), *Ptr(5), Conv[int, float64](3), Conv[float64, int](3.7))
	println(nested())
	println(Index([]N{1, 2, 3}, 3), typeName(1), typeName("s"), typeName(1.5))
	f := Sum[float64]
	println(f(1, 2))
	defer func() { println("recovered", recover().(error).Error()) }()
	for i := range func(y func(int) bool) { y(1); y(2) } {
		println("once", i)
		break
	}
}
