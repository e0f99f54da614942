package main

func init() { note("helper") }

func helper() string { return "helped by " + first }
