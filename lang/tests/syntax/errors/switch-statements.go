package p

func main() {
	switch x {
		println()
	case 1:
	}
	switch x
	{
	}
}
