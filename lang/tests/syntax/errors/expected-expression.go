package p

func main() {
	x := 
	y = )
	f(,)
	return +
	c <- 
}
