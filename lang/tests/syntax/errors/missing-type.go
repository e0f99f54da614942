package p

var x
var y []
var m map[string
var a [3
type T
const c int 5
