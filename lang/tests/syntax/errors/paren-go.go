package p

func main() {
	go (f())
	defer (func() {}())
}
