package dep

import "example.org/dep/sub"

func Answer() int { return sub.N * 2 }
