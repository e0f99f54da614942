package lib

import "example.org/nodep"

var _ = nodep.X
