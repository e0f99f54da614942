package main

func f(p *int) int {
//line made.y:7
	return *p
}

//line main.y:100
func main() {
	f(nil)
}
