package p

var a = `abc

func main() {}
