package main_test

import (
	"fmt"
	"testing"
)

func TestExternal(t *testing.T) { t.Log("outside") }

func Example() {
	println("to standard error")
	// Output:
}

func Example_letters() {
	fmt.Println("AİZONAİ İ")
	// OUTPUT: AİZONAİ İ
}
