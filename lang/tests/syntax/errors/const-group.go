package p

const (
	a = 1,
	b
)
var (
	c int d string
)
