package main

import _ "embed"

//go:embed nosuch.txt
var a string

//go:embed ../hello.txt
var b string

//go:embed main.go
var c int

//go:embed main.go
var d, e string

//go:embed main.go
var f string = "x"

//go:embed main.go
func main() {}
