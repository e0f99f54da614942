package main

import (
	"fmt"

	"example.com/imported/lib"
	"example.com/imported/lib2"
)

func main() {
	fmt.Println(lib.hidden, lib.Missing, lib.Shown{secret: 1})
	var s lib.Shown
	s.secret = 2
	s.method()
}
