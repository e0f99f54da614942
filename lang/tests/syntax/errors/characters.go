package p

var a = 1 # 2
var b = 3 ? 4 : 5
var “c” = 1
var d€ = 2
var ١x = 3
var e = $x @ \ 1
