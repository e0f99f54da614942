package main

import (
    "container/heap"
    "fmt"
    "time"
)

type Item struct {
    Value    interface{}
    Priority int
    Index    int
}

type PriorityQueue []*Item

func (pq PriorityQueue) Len() int { return len(pq) }

func (pq PriorityQueue) Less(i, j int) bool {
    return pq[i].Priority > pq[j].Priority // Higher priority first
}

func (pq PriorityQueue) Swap(i, j int) {
    pq[i], pq[j] = pq[j], pq[i]
    pq[i].Index = i
    pq[j].Index = j
}

func (pq *PriorityQueue) Push(x interface{}) {
    n := len(*pq)
    item := x.(*Item)
    item.Index = n
    *pq = append(*pq, item)
}

func (pq *PriorityQueue) Pop() interface{} {
    old := *pq
    n := len(old)
    item := old[n-1]
    old[n-1] = nil
    item.Index = -1
    *pq = old[0 : n-1]
    return item
}

// Priority queue manager
type PriorityQueueManager struct {
    items   PriorityQueue
    input   chan *Item
    output  chan interface{}
    quit    chan struct{}
}

func NewPriorityQueueManager() *PriorityQueueManager {
    pqm := &PriorityQueueManager{
        items:  make(PriorityQueue, 0),
        input:  make(chan *Item, 10),
        output: make(chan interface{}, 10),
        quit:   make(chan struct{}),
    }
    heap.Init(&pqm.items)
    return pqm
}

func (pqm *PriorityQueueManager) Start() {
    go func() {
        ticker := time.NewTicker(100 * time.Millisecond)
        defer ticker.Stop()
        
        for {
            select {
            case <-pqm.quit:
                return
                
            case item := <-pqm.input:
                heap.Push(&pqm.items, item)
                fmt.Printf("Added item with priority %d (queue size: %d)\n", 
                    item.Priority, pqm.items.Len())
                
            case <-ticker.C:
                if pqm.items.Len() > 0 {
                    item := heap.Pop(&pqm.items).(*Item)
                    pqm.output <- item.Value
                }
            }
        }
    }()
}

func (pqm *PriorityQueueManager) Add(value interface{}, priority int) {
    pqm.input <- &Item{
        Value:    value,
        Priority: priority,
    }
}

func (pqm *PriorityQueueManager) Get() interface{} {
    return <-pqm.output
}

func (pqm *PriorityQueueManager) Stop() {
    close(pqm.quit)
}

func main() {
    pqm := NewPriorityQueueManager()
    pqm.Start()
    
    // Add tasks with different priorities
    fmt.Println("Adding tasks...\n")
    pqm.Add("Low priority task 1", 1)
    pqm.Add("High priority task", 10)
    pqm.Add("Medium priority task", 5)
    pqm.Add("Low priority task 2", 2)
    pqm.Add("Critical task", 20)
    
    time.Sleep(200 * time.Millisecond)
    
    // Retrieve tasks (should come out in priority order)
    fmt.Println("\nRetrieving tasks...\n")
    for i := 0; i < 5; i++ {
        task := pqm.Get()
        fmt.Printf("Processing: %v\n", task)
    }
    
    pqm.Stop()
    time.Sleep(100 * time.Millisecond)
}
