package main

import "testing"

func TestHelper(t *testing.T) {
	if helper() != "helped by main var" {
		t.Error(helper())
	}
}
