package main

import (
    "fmt"
    "time"
)

func main() {
    ch := make(chan string) // unbuffered
    
    go func() {
        time.Sleep(2 * time.Second)
        fmt.Println("Goroutine: about to send")
        ch <- "Hello"  // This will block until main receives
        fmt.Println("Goroutine: sent successfully")
    }()
    
    fmt.Println("Main: about to receive")
    msg := <-ch  // This blocks until goroutine sends
    fmt.Println("Main: received", msg)
}
