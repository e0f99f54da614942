package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(two(), len(os.Args), os.Args[1:])
}
