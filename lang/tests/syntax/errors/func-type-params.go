package p

func f(x, y int z) {}
func g(x int y) {}
func h(x int, , y int) {}
func i(int x) {}
