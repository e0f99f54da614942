package p

func f(a ...int, b int) {}
func g() (x ...int) { return }
func h(a, b ...int) {}
func (r ...T) m() {}
func i(x ...) {}
