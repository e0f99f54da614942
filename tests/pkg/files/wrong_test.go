package main

import "testing"

func TestIt(t *testing.T, n int) {}
