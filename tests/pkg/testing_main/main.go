package main

import "fmt"

var name = flagName()

func flagName() string { return "main" }

func main() { fmt.Println(name) }
