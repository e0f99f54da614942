package broken

var x int = "a"
