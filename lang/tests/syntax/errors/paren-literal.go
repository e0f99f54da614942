package p

var x = (T){}
var y = ([]int){1}
