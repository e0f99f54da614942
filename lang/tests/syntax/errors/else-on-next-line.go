package p

func main() {
	if true {
	}
	else {
	}
}
