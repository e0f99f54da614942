package util

var Secret = 7
