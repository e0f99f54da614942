package main

import "fmt"

func main() {
    // Creating a channel of integers
    ch := make(chan int)
    
    // Sending a value into the channel (in a goroutine)
    go func() {
        ch <- 42  // Send 42 into the channel
    }()
    
    // Receiving a value from the channel
    value := <-ch  // Receive from the channel
    fmt.Println("Received:", value)
}
