package main

const suffix = "linux_amd64"
