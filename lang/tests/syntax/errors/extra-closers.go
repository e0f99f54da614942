package p

func main() {
	f(1))
	a[1]]
}
}
