package p

func main() {
	x := 1
L:
	case
}
