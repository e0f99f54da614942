package main

const suffix = "windows"
