package util_test

import (
	"fmt"
	"os"
	"testing"

	"example.com/modules/util"
	"example.com/modules/util/internal/hidden"
)

func TestMain(m *testing.M) {
	fmt.Println("before")
	code := m.Run()
	fmt.Println("after")
	os.Exit(code)
}

func TestDouble(t *testing.T) {
	if util.Double(2) != hidden.Twice(2) || util.Secret != 7 {
		t.Fatal("wrong")
	}
}
