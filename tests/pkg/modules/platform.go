//go:build linux && go1.21 && !cgo

package main

const platform = "linux"
