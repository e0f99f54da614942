package main

import (
    "context"
    "fmt"
    "time"
)

type Task struct {
    ID       int
    Duration time.Duration
}

type Result struct {
    TaskID   int
    Success  bool
    Message  string
    Duration time.Duration
}

// Worker that respects context cancellation
func worker(ctx context.Context, tasks <-chan Task, results chan<- Result) {
    for task := range tasks {
        start := time.Now()
        
        // Create a channel for task completion
        done := make(chan bool, 1)
        
        // Run task in goroutine
        go func(t Task) {
            time.Sleep(t.Duration)
            done <- true
        }(task)
        
        // Wait for task completion or cancellation
        select {
        case <-done:
            results <- Result{
                TaskID:   task.ID,
                Success:  true,
                Message:  "Completed",
                Duration: time.Since(start),
            }
            
        case <-ctx.Done():
            results <- Result{
                TaskID:   task.ID,
                Success:  false,
                Message:  "Cancelled: " + ctx.Err().Error(),
                Duration: time.Since(start),
            }
            return
        }
    }
}

// Process with timeout
func processWithTimeout(tasks []Task, timeout time.Duration, workers int) []Result {
    ctx, cancel := context.WithTimeout(context.Background(), timeout)
    defer cancel()
    
    taskChan := make(chan Task, len(tasks))
    resultChan := make(chan Result, len(tasks))
    
    // Start workers
    for i := 0; i < workers; i++ {
        go worker(ctx, taskChan, resultChan)
    }
    
    // Send tasks
    go func() {
        for _, task := range tasks {
            select {
            case taskChan <- task:
            case <-ctx.Done():
                return
            }
        }
        close(taskChan)
    }()
    
    // Collect results
    results := make([]Result, 0, len(tasks))
    for i := 0; i < len(tasks); i++ {
        result := <-resultChan
        results = append(results, result)
    }
    
    return results
}

func main() {
    tasks := []Task{
        {ID: 1, Duration: 1 * time.Second},
        {ID: 2, Duration: 2 * time.Second},
        {ID: 3, Duration: 3 * time.Second},
        {ID: 4, Duration: 1 * time.Second},
        {ID: 5, Duration: 4 * time.Second},
        {ID: 6, Duration: 1 * time.Second},
    }
    
    fmt.Println("Processing with 5 second timeout...\n")
    
    start := time.Now()
    results := processWithTimeout(tasks, 5*time.Second, 3)
    totalDuration := time.Since(start)
    
    fmt.Println("\n=== Results ===")
    successCount := 0
    for _, result := range results {
        if result.Success {
            successCount++
            fmt.Printf("✓ Task %d: %s (took %v)\n", 
                result.TaskID, result.Message, result.Duration)
        } else {
            fmt.Printf("✗ Task %d: %s (took %v)\n", 
                result.TaskID, result.Message, result.Duration)
        }
    }
    
    fmt.Printf("\nTotal: %d/%d completed in %v\n", 
        successCount, len(tasks), totalDuration)
}
