package p

type T struct {
	(int)
	*(U)
	(*V)
	5
}
