package p

func () m() {}
func (a T, b T) n() {}
func (a T) () {}
func {}
