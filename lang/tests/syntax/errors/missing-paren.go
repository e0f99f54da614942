package p

func main() {
	println("a"
}
