package p

var a = "abc
var b = "a\qb"
var c = "\x4g"
var d = "\400"
var e = "\ud800 \U00110000"
var f = "\u12"
