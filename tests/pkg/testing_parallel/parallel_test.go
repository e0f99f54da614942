package tt

import (
	"fmt"
	"sync"
	"testing"
)

type suite struct{ testing.TB }

func helper(tb testing.TB) { tb.Helper(); tb.Log("via TB") }

func TestTB(t *testing.T) { helper(t); s := suite{t}; s.Log("embedded"); fmt.Println(s.Name()) }

func TestGoroutines(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Add(1)
		go func() { defer wg.Done(); t.Errorf("from %d", i) }()
	}
	wg.Wait()
}

func TestParallelA(t *testing.T) { t.Parallel(); t.Log("A") }
func TestParallelB(t *testing.T) { t.Parallel(); t.Fatal("B") }
func TestSerial(t *testing.T)    { t.Log("S") }

func TestCleanupOrder(t *testing.T) {
	t.Cleanup(func() { fmt.Println("outer") })
	t.Run("a", func(t *testing.T) {
		t.Cleanup(func() { fmt.Println("a cleanup") })
		t.Parallel()
		fmt.Println("a runs")
	})
	defer fmt.Println("deferred")
}

func TestFailInCleanup(t *testing.T)  { t.Cleanup(func() { t.Errorf("late") }) }
func TestSkipAfterError(t *testing.T) { t.Error("e"); t.Skip("s") }
func TestPanicSkip(t *testing.T)      { defer func() { recover(); t.Log("recovered") }(); panic(1) }
func TestPar2(t *testing.T) {
	t.Run("x", func(t *testing.T) { t.Parallel(); t.Run("y", func(t *testing.T) { t.Parallel(); t.Error("deep") }) })
}
func BenchmarkFail(b *testing.B) { b.Fatal("no") }
func BenchmarkLog(b *testing.B) {
	b.Log("hi")
	b.SetBytes(10)
	b.ReportMetric(3, "x/op")
	for b.Loop() {
	}
}
func BenchmarkSkip(b *testing.B) { b.Skip("why") }
