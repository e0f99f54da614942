package main

type Seq[T any] func(yield func(T) bool)

func count(n int) Seq[int] {
	return func(yield func(int) bool) {
		defer println("iterator done", n)
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

func deferring() (s string) {
	defer func() { println("last", s) }()
	for i := range count(3) {
		defer func(k int) { println("deferred", k, i); s += string(rune('a' + k)) }(i * 2)
		for j := range count(2) {
			defer println("inner", i, j)
			if j == 1 {
				break
			}
		}
	}
	println("body end")
	return "r"
}

func recovering() (err any) {
	for i := range count(3) {
		defer func() {
			if r := recover(); r != nil {
				err = r
			}
		}()
		if i == 1 {
			panic("boom")
		}
	}
	return nil
}

func find(n int) (int, bool) {
	for i := range count(10) {
		for j := range count(10) {
			if i*j == n {
				return i*10 + j, true
			}
		}
	}
	return 0, false
}

func gotos() int {
	n := 0
again:
	for i := range count(5) {
		if i == 2 && n < 3 {
			n++
			goto again
		}
		if i == 4 {
			goto done
		}
	}
done:
	return n
}

func unnamed() int {
	for i := range count(4) {
		if i == 3 {
			return i * 100
		}
	}
	return -1
}

func labels() {
outer:
	for i := range count(4) {
		switch {
		case i == 1:
			continue outer
		case i == 3:
			break outer
		}
		for k := range 5 {
			if k == 2 {
				continue outer
			}
			print(i, k, " ")
		}
	}
	println()
}

func assign() {
	var x int
	for x = range count(3) {
	}
	println(x)
	var arr [3]int
	for arr[x] = range count(3) {
		x--
		if x < 0 {
			x = 0
		}
	}
	println(arr[0], arr[1], arr[2])
}

func main() {
	println(deferring())
	println(recovering().(string))
	println(find(12))
	println(gotos())
	println(unnamed())
	labels()
	assign()
	func() {
		defer func() { println(recover().(error).Error()) }()
		var saved func(int) bool
		for i := range func(y func(int) bool) { saved = y; y(1) } {
			println("in", i)
		}
		saved(2)
	}()
	func() {
		defer func() { println("got", recover().(string)) }()
		for range count(2) {
			panic("inside")
		}
	}()
	var fs []func() int
	for i := range count(3) {
		fs = append(fs, func() int { i++; return i })
	}
	println(fs[0](), fs[0](), fs[2]())
}
