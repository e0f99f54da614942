package p

var a = s[1::2]
var b = s[::]
var c = s[1:2:]
var d = s[1 2]
var e = s[,]
