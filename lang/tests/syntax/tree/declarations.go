// Package decl shows declarations.
package decl

import "fmt"
import (
	. "math"
	_ "os"
	str "strings"
)

const A = 1
const (
	B = iota
	C
	D, E = 1 << iota, "x"
	F, G
	H float64 = 1
	I
)

var x int
var y, z = 1, 2
var (
	v  string = "a"
	w         = fmt.Sprint
)

func main() {}
func (r *T) Method(a int) (b string) { return }
func (T) Value()                     {}
func results() (int, error)          { return 0, nil }
func variadic(format string, args ...any) {
	var local, other int = 1, 2
	_ = func() {}
}
