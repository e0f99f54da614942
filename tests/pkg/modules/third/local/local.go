package local

import "example.com/local/sub"

func Name() string { return "local with " + sub.Name }
