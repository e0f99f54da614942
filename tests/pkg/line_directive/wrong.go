package main

import "fmt"

//line grammar.y:10
func main() {
	var n int = "x"
	fmt.Println(n) /*line other.y:5:7*/ ; undefined1()
//line grammar.y:40:3
	undefined2()
}
