package main

import "./util"

func main() { util.Twice("a") }
