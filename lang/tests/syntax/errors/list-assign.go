package p

func main() {
	a, b
	a, b += 1, 2
	a, b++
}
