module example.com/Other/lib

go 1.22
