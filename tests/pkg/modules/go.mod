module example.com/modules

go 1.22

require (
	example.com/Other/lib v1.2.3
	example.com/local v0.0.0
)

replace example.com/local => ./third/local
