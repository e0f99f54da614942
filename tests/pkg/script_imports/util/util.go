package util

import "strings"

// Twice says it twice.
func Twice(s string) string { return strings.Repeat(s, 2) }
