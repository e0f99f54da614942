package p

func main() {
	++x
	x = y++
	f(x++)
	x -- y
}
