package p

func main() {
	foo bar
}
