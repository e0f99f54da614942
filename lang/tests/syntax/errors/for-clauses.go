package p

func main() {
	for i := 0; i < 10 {
	}
	for i := 0; {
	}
	for i := 0; i < 10; i := 1 {
	}
}
