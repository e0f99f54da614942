package main_test

import "testing"

func TestExternal(t *testing.T) { t.Log("outside") }

func Example() {
	println("to standard error")
	// Output:
}
