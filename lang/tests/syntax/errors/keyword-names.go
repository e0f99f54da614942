package p

func main() {
	var range = 1
	type func int
	x.type = 2
	goto if
}
func go() {}
