package p

func main() {
	f(a,
		b
	)
	g(a b)
	h(a..., b)
}
