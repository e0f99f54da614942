package main

import (
	"fmt"

	"example.com/Other/lib"
	"example.com/local"
	"example.com/modules/b"
	. "example.com/modules/internal/deep"
	renamed "example.com/modules/util"
)

var first = note("main var")

func note(s string) string {
	fmt.Println("init", s)
	return s
}

func init() { note("main 1") }

func init() { note("main 2") }

func main() {
	fmt.Println(lib.Version, local.Name(), b.Total, Deep(), renamed.Double(21))
	fmt.Printf("%T %v\n", renamed.Thing{}, helper())
	fmt.Println(platform, suffix)
}
