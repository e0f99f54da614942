// A Go file begins with a package clause.
import "fmt"

fmt.Println(1)
