package p

func main() {
	select x {
	}
}
