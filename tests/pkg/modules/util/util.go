package util

import (
	"fmt"

	"example.com/modules/util/internal/hidden"
)

type Thing struct{ hidden int }

func init() { fmt.Println("init util") }

func Double(n int) int { return hidden.Twice(n) }
