package main

import (
    "fmt"
    "sync"
    "time"
)

type Request struct {
    Key      string
    Response chan string
}

type Cache struct {
    data     map[string]string
    mu       sync.Mutex
    inflight map[string][]chan string
}

func NewCache() *Cache {
    return &Cache{
        data:     make(map[string]string),
        inflight: make(map[string][]chan string),
    }
}

// Simulate expensive operation
func fetchData(key string) string {
    fmt.Printf("Fetching data for key: %s...\n", key)
    time.Sleep(2 * time.Second) // Simulate network delay
    return fmt.Sprintf("data-%s", key)
}

// Get with request coalescing
func (c *Cache) Get(key string) string {
    c.mu.Lock()
    
    // Check cache
    if value, exists := c.data[key]; exists {
        c.mu.Unlock()
        fmt.Printf("Cache hit for key: %s\n", key)
        return value
    }
    
    // Check if request is already in-flight
    responseChan := make(chan string, 1)
    if waiters, inProgress := c.inflight[key]; inProgress {
        // Join existing request
        c.inflight[key] = append(waiters, responseChan)
        c.mu.Unlock()
        fmt.Printf("Coalescing request for key: %s\n", key)
        return <-responseChan
    }
    
    // Start new request
    c.inflight[key] = []chan string{responseChan}
    c.mu.Unlock()
    
    // Fetch data (outside lock)
    value := fetchData(key)
    
    // Update cache and notify all waiters
    c.mu.Lock()
    c.data[key] = value
    waiters := c.inflight[key]
    delete(c.inflight, key)
    c.mu.Unlock()
    
    // Send response to all waiting goroutines
    for _, waiter := range waiters {
        waiter <- value
    }
    
    return value
}

func main() {
    cache := NewCache()
    var wg sync.WaitGroup
    
    // Simulate 10 concurrent requests for the same key
    key := "expensive-data"
    
    start := time.Now()
    for i := 0; i < 10; i++ {
        wg.Add(1)
        go func(id int) {
            defer wg.Done()
            result := cache.Get(key)
            fmt.Printf("Goroutine %d got: %s\n", id, result)
        }(i)
    }
    
    wg.Wait()
    duration := time.Since(start)
    
    fmt.Printf("\nCompleted in %v (should be ~2s, not 20s)\n", duration)
    fmt.Println("Request coalescing saved 9 expensive operations!")
}
