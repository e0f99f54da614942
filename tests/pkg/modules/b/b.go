package b

import (
	"fmt"

	"example.com/modules/a"
	_ "example.com/modules/util"
)

var Total = a.Counter + 1

func init() { fmt.Println("init b", Total) }
