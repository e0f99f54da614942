package p

type I interface {
	5
	~
	m() | n
	int | string |
}
