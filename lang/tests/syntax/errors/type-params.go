package p

type T[P] struct{}
type U[P,] struct{}
type V[] struct{}
func f[]() {}
func g[T]() {}
var x = func[T any]() {}
type I interface{ m[T any]() }
type W[P *T, ] int
type X[*T] int
