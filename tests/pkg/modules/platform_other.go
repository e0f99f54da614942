// A comment first.

//go:build !linux

package main

const platform = "other"
