package p

var a = 08
var b = 0b12
var c = 0xg
var d = 1_
var e = 1__0
var f = 0_x1
var g = 1e
var h = 0x1.5
var i = 0b1.1
var j = 0o1e3
var k = 1p3
var l = 09.5 + 08i + 0o8
var m = 0x_1_ + _1
