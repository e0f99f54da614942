package p

var a chan
var b <-chan<- int
var c = <-<-chan int(nil)
var d = <-chan<-int(x)
var e <-int
