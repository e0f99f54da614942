package more

import (
	"errors"
	"fmt"
	"testing"
)

func TestSerialFirst(t *testing.T) {
	t.Run("group", func(t *testing.T) {
		for i := range 3 {
			t.Run(fmt.Sprint("p", i), func(t *testing.T) {
				t.Parallel()
				order = append(order, fmt.Sprint("p", i))
			})
		}
		order = append(order, "serial")
	})
	if order[0] != "serial" || len(order) != 4 {
		t.Error(order)
	}
}

var order []string

func TestOutput(t *testing.T) {
	fmt.Fprintln(t.Output(), "written")
	t.Run("sub", func(t *testing.T) {
		fmt.Println("printed")
		t.Log("logged")
	})
	t.Log("after")
	if testing.Short() {
		t.Log("short")
	}
}

func TestAllocs(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { sink = make([]byte, 100) }); n != 1 {
		t.Error(n)
	}
}

var sink []byte

func FuzzSum(f *testing.F) {
	f.Add(1, "a")
	f.Add(2, "b")
	f.Fuzz(func(t *testing.T, n int, s string) {
		if n > 2 {
			t.Fatal(n, s)
		}
	})
}

func TestPanics(t *testing.T) {
	t.Run("inner", func(t *testing.T) {
		t.Cleanup(func() { t.Log("cleaned") })
		panic(errors.New("boom"))
	})
}

func BenchmarkLoop(b *testing.B) {
	for b.Loop() {
		sink = append(sink[:0], 1)
	}
}

func BenchmarkN(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		sink = append(sink[:0], 1)
	}
	b.Run("sub", func(b *testing.B) {
		for range b.N {
		}
	})
}
