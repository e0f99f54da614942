package main

import (
    "fmt"
    "sync"
    "time"
)

type Broadcaster struct {
    subscribers []chan interface{}
    mu          sync.RWMutex
}

func NewBroadcaster() *Broadcaster {
    return &Broadcaster{
        subscribers: make([]chan interface{}, 0),
    }
}

func (b *Broadcaster) Subscribe() <-chan interface{} {
    b.mu.Lock()
    defer b.mu.Unlock()
    
    ch := make(chan interface{}, 10)
    b.subscribers = append(b.subscribers, ch)
    return ch
}

func (b *Broadcaster) Unsubscribe(ch <-chan interface{}) {
    b.mu.Lock()
    defer b.mu.Unlock()
    
    for i, subscriber := range b.subscribers {
        if subscriber == ch {
            b.subscribers = append(b.subscribers[:i], b.subscribers[i+1:]...)
            close(subscriber)
            break
        }
    }
}

func (b *Broadcaster) Broadcast(msg interface{}) {
    b.mu.RLock()
    defer b.mu.RUnlock()
    
    for _, subscriber := range b.subscribers {
        select {
        case subscriber <- msg:
        default:
            // Skip slow consumers
        }
    }
}

func (b *Broadcaster) Close() {
    b.mu.Lock()
    defer b.mu.Unlock()
    
    for _, subscriber := range b.subscribers {
        close(subscriber)
    }
    b.subscribers = nil
}

func main() {
    broadcaster := NewBroadcaster()
    var wg sync.WaitGroup
    
    // Create 5 subscribers
    for i := 1; i <= 5; i++ {
        wg.Add(1)
        ch := broadcaster.Subscribe()
        
        go func(id int, sub <-chan interface{}) {
            defer wg.Done()
            for msg := range sub {
                fmt.Printf("Subscriber %d received: %v\n", id, msg)
            }
            fmt.Printf("Subscriber %d closed\n", id)
        }(i, ch)
    }
    
    // Broadcast messages
    time.Sleep(100 * time.Millisecond)
    
    fmt.Println("Broadcasting messages...\n")
    for i := 1; i <= 3; i++ {
        broadcaster.Broadcast(fmt.Sprintf("Message %d", i))
        time.Sleep(500 * time.Millisecond)
    }
    
    // Close broadcaster
    fmt.Println("\nClosing broadcaster...")
    broadcaster.Close()
    
    wg.Wait()
    fmt.Println("\nAll subscribers finished")
}
