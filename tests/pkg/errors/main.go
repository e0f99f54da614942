package main

import (
	"fmt"
	"nosuch/pkg"

	"example.com/absent"
	"example.com/errors/cycle/a"
	"example.com/errors/empty"
	"example.com/errors/excluded"
	"example.com/errors/missing"
	"example.com/errors/mixed"
	"example.com/errors/program"
	"example.com/unknown"
	"./relative"
	"internal/abi"
	"example.com/errors/lib/internal/x"
	"example.com/errors/broken"
)

func main() { fmt.Println(undefined) }
