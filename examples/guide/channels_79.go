package main

import (
    "fmt"
    "math/rand"
    "time"
)

// Sensor reading
type Reading struct {
    SensorID  int
    Value     float64
    Timestamp time.Time
}

// Processed data
type ProcessedData struct {
    SensorID   int
    Value      float64
    Category   string
    IsAnomaly  bool
    Timestamp  time.Time
}

// Stage 1: Generate sensor readings
func generateReadings(sensorIDs []int) <-chan Reading {
    out := make(chan Reading)
    
    go func() {
        defer close(out)
        ticker := time.NewTicker(100 * time.Millisecond)
        defer ticker.Stop()
        
        for i := 0; i < 50; i++ {
            <-ticker.C
            sensorID := sensorIDs[rand.Intn(len(sensorIDs))]
            reading := Reading{
                SensorID:  sensorID,
                Value:     rand.Float64() * 100,
                Timestamp: time.Now(),
            }
            out <- reading
        }
    }()
    
    return out
}

// Stage 2: Filter valid readings
func filterReadings(in <-chan Reading) <-chan Reading {
    out := make(chan Reading)
    
    go func() {
        defer close(out)
        for reading := range in {
            // Filter out invalid readings
            if reading.Value >= 0 && reading.Value <= 100 {
                out <- reading
            } else {
                fmt.Printf("Filtered invalid reading: %.2f\n", reading.Value)
            }
        }
    }()
    
    return out
}

// Stage 3: Process and categorize
func processReadings(in <-chan Reading) <-chan ProcessedData {
    out := make(chan ProcessedData)
    
    go func() {
        defer close(out)
        for reading := range in {
            processed := ProcessedData{
                SensorID:  reading.SensorID,
                Value:     reading.Value,
                Timestamp: reading.Timestamp,
            }
            
            // Categorize
            switch {
            case reading.Value < 30:
                processed.Category = "LOW"
            case reading.Value < 70:
                processed.Category = "NORMAL"
            default:
                processed.Category = "HIGH"
            }
            
            // Detect anomalies (values > 90 or < 10)
            processed.IsAnomaly = reading.Value > 90 || reading.Value < 10
            
            out <- processed
        }
    }()
    
    return out
}

// Stage 4: Aggregate by sensor
func aggregateData(in <-chan ProcessedData) <-chan map[int][]ProcessedData {
    out := make(chan map[int][]ProcessedData)
    
    go func() {
        defer close(out)
        
        aggregated := make(map[int][]ProcessedData)
        count := 0
        
        for data := range in {
            aggregated[data.SensorID] = append(aggregated[data.SensorID], data)
            count++
            
            // Send batch every 10 readings
            if count%10 == 0 {
                // Make a copy to send
                batch := make(map[int][]ProcessedData)
                for k, v := range aggregated {
                    batch[k] = append([]ProcessedData{}, v...)
                }
                out <- batch
            }
        }
        
        // Send final batch
        if len(aggregated) > 0 {
            out <- aggregated
        }
    }()
    
    return out
}

func main() {
    sensorIDs := []int{101, 102, 103, 104, 105}
    
    fmt.Println("Starting data processing pipeline...\n")
    
    // Build pipeline
    readings := generateReadings(sensorIDs)
    filtered := filterReadings(readings)
    processed := processReadings(filtered)
    aggregated := aggregateData(processed)
    
    // Consume results
    batchNum := 1
    for batch := range aggregated {
        fmt.Printf("\n=== Batch %d ===\n", batchNum)
        
        for sensorID, data := range batch {
            anomalyCount := 0
            totalValue := 0.0
            
            for _, d := range data {
                if d.IsAnomaly {
                    anomalyCount++
                }
                totalValue += d.Value
            }
            
            avgValue := totalValue / float64(len(data))
            
            fmt.Printf("Sensor %d: %d readings, avg=%.2f, anomalies=%d\n",
                sensorID, len(data), avgValue, anomalyCount)
        }
        
        batchNum++
    }
    
    fmt.Println("\nPipeline completed!")
}
