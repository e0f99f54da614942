package main

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"
)

var extra = flag.String("extra", "none", "an extra flag")

type tree struct{ left, right *tree }

func TestMain(m *testing.M) {
	flag.Parse()
	fmt.Println("extra:", *extra, flag.Args())
	code := m.Run()
	fmt.Println("code", code)
}

func TestName(t *testing.T) {
	if name != "main" {
		t.Error(name)
	}
	t.Logf("%T %v", tree{}, t.Name())
}

func TestBlocked(t *testing.T) {
	if *extra != "block" {
		t.Skip()
	}
	<-make(chan int)
}

func TestSleep(t *testing.T) {
	if *extra != "sleep" {
		t.SkipNow()
	}
	time.Sleep(10 * time.Second)
}

func TestGoexit(t *testing.T) {
	if *extra != "parent" {
		t.Skipf("not %s", "now")
	}
	t.Run("child", func(c *testing.T) {
		t.Fatal("ends the parent")
	})
	t.Log("not reached")
}

func TestHere(t *testing.T) {
	if _, err := os.Stat("main_test.go"); err != nil {
		t.Error(err)
	}
}
