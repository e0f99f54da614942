package p

func f(a int, string) {}
func g(a, b int, c) {}
func h(a, b.c, d int) {}
func i(int, x string, bool) {}
