package p

func main() {
	for var i = 0; i < 10; i++ {
	}
	if var x = 1; x > 0 {
	}
}
