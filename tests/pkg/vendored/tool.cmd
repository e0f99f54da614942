run ./cmd/tool
