package p

var a = 1 /* never closed

func main() {}
