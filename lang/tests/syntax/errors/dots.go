package p

func main() {
	x..y
	x.1
	x.(int
	y := x.()
}
