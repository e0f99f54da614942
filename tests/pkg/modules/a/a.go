package a

import "fmt"

func init() { fmt.Println("init a") }

var Counter = start()

func start() int {
	fmt.Println("a var")
	return 1
}
