package lib

import "os"

type Shown struct{ secret int }

func (Shown) method() {}

var hidden = 1

func wrong() int { return "text" }
