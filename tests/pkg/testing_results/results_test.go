package results

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestPasses(t *testing.T) {
	t.Log("seen with -v only")
	if Sum(1, 2) != 3 {
		t.Error("wrong")
	}
}

func TestFails(t *testing.T) {
	t.Log("before")
	t.Errorf("got %d, want %d", Sum(1), 2)
	t.Error("two\nlines")
}

func TestFatal(t *testing.T) {
	defer fmt.Println("deferred")
	t.Cleanup(func() { t.Log("cleanup 1") })
	t.Cleanup(func() { t.Log("cleanup 2") })
	t.Fatal("stop")
	t.Log("unreachable")
}

func TestSkips(t *testing.T) {
	t.Skip("not today")
}

func TestTable(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []int
		want int
	}{
		{"empty", nil, 0},
		{"with space", []int{1, 1}, 2},
		{"wrong", []int{1}, 2},
		{"wrong", []int{1}, 1},
		{"", []int{1}, 1},
		{"a/b", []int{1}, 1},
		{"odd\x01é", []int{1}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Logf("in %v", c.in)
			check(t, Sum(c.in...), c.want)
		})
	}
}

func check(t *testing.T, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("got %d, want %d", got, want)
	}
}

func TestNested(t *testing.T) {
	t.Run("outer", func(t *testing.T) {
		t.Run("inner", func(t *testing.T) {
			t.Fatalf("%s failed", t.Name())
		})
		t.Run("good", func(t *testing.T) {})
		t.Run("skipped", func(t *testing.T) { t.SkipNow() })
	})
}

func TestEnvironment(t *testing.T) {
	t.Setenv("GOL_TEST_VALUE", "x")
	if os.Getenv("GOL_TEST_VALUE") != "x" {
		t.Error("not set")
	}
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/f", []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(dir, "TestEnvironment") {
		t.Error(dir)
	}
	if err := t.Context().Err(); err != nil {
		t.Error(err)
	}
	ctx := t.Context()
	t.Cleanup(func() {
		if ctx.Err() == nil {
			t.Error("context is alive")
		}
	})
}

func TestSub(t *testing.T) {
	ok := t.Run("fails", func(t *testing.T) { t.Fail() })
	if ok {
		t.Error("Run said it passed")
	}
}

func ExampleSum() {
	fmt.Println(Sum(1, 2, 3))
	fmt.Println("two")
	// Output:
	// 6
	// two
}

func ExampleSum_wrong() {
	fmt.Println(Sum(1))
	// Output: 2
}

func ExampleSum_unordered() {
	fmt.Println("b")
	fmt.Println("a")
	// Unordered output:
	// a
	// b
}

func Example_notRun() {
	fmt.Println("never")
}
