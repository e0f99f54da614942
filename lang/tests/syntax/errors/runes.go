package p

var a = ''
var b = 'ab'
var c = '\'
var d = 'x
var e = '\"'
var f = '\08'
