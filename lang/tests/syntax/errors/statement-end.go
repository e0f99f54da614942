package p

func main() {
	x = 1 2
	a[1] b
	return 1 2
	break 3
	x++ y
	i++ + 1
}
