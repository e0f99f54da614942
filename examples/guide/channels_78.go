package main

import (
    "fmt"
    "io"
    "net/http"
    "time"
)

type ScrapeRequest struct {
    URL     string
    Timeout time.Duration
}

type ScrapeResult struct {
    URL        string
    StatusCode int
    BodySize   int
    Duration   time.Duration
    Error      error
}

// Worker pool scraper
func scraper(requests <-chan ScrapeRequest, results chan<- ScrapeResult, done <-chan struct{}) {
    client := &http.Client{}
    
    for {
        select {
        case <-done:
            return
        case req := <-requests:
            start := time.Now()
            
            client.Timeout = req.Timeout
            
            result := ScrapeResult{URL: req.URL}
            
            resp, err := client.Get(req.URL)
            if err != nil {
                result.Error = err
                result.Duration = time.Since(start)
                results <- result
                continue
            }
            
            body, err := io.ReadAll(resp.Body)
            resp.Body.Close()
            
            result.StatusCode = resp.StatusCode
            result.BodySize = len(body)
            result.Duration = time.Since(start)
            result.Error = err
            
            results <- result
        }
    }
}

func main() {
    urls := []string{
        "https://golang.org",
        "https://github.com",
        "https://stackoverflow.com",
        "https://reddit.com",
        "https://twitter.com",
        "https://medium.com",
        "https://dev.to",
        "https://hackernews.com",
    }
    
    const (
        numWorkers = 3
        timeout    = 10 * time.Second
    )
    
    requests := make(chan ScrapeRequest, len(urls))
    results := make(chan ScrapeResult, len(urls))
    done := make(chan struct{})
    
    // Start workers
    fmt.Printf("Starting %d workers...\n\n", numWorkers)
    for i := 0; i < numWorkers; i++ {
        go scraper(requests, results, done)
    }
    
    // Send requests
    start := time.Now()
    for _, url := range urls {
        requests <- ScrapeRequest{
            URL:     url,
            Timeout: timeout,
        }
    }
    close(requests)
    
    // Collect results
    successCount := 0
    totalSize := 0
    
    for i := 0; i < len(urls); i++ {
        result := <-results
        
        if result.Error != nil {
            fmt.Printf("❌ %s failed: %v (took %v)\n", 
                result.URL, result.Error, result.Duration)
        } else {
            successCount++
            totalSize += result.BodySize
            fmt.Printf("✓ %s: %d bytes, status %d (took %v)\n", 
                result.URL, result.BodySize, result.StatusCode, result.Duration)
        }
    }
    
    close(done)
    
    fmt.Printf("\n=== Summary ===\n")
    fmt.Printf("Total time: %v\n", time.Since(start))
    fmt.Printf("Successful: %d/%d\n", successCount, len(urls))
    fmt.Printf("Total downloaded: %d bytes\n", totalSize)
}
