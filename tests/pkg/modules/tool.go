//go:build ignore

package tool

func main() {}
