package p

var a T[]
var b = f[]
var c = f[int, 1]
