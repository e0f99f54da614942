package lib

func init() { println("init lib") }

const Version = "v1.2.3"
