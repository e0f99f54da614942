package main

import (
	"fmt"

	"example.com/vendored"
)

func main() { fmt.Println(lib.X) }
