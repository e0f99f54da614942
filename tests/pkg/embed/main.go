package main

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

//go:embed hello.txt
var hello string

var upper = strings.ToUpper(hello)

//go:embed bytes.bin
var raw []byte

//go:embed data hello.txt
//go:embed "*.bin"
var files embed.FS

var (
	//go:embed all:data
	all embed.FS
)

func main() {
	fmt.Printf("%q %q %v\n", hello, upper, raw)
	list(files, ".")
	entries, err := all.ReadDir("data")
	for _, e := range entries {
		fmt.Println(e.Name(), e.IsDir(), e)
	}
	_, err = files.ReadFile("nosuch")
	fmt.Println(err)
	_, err = files.Open("../x")
	fmt.Println(err)
	_, err = files.ReadFile("data")
	fmt.Println(err)
	f, err := files.Open("data/sub/b.txt")
	text, _ := io.ReadAll(f)
	info, _ := f.Stat()
	fmt.Println(string(text), err, info.Name(), info.Size(), info.Mode(), info.ModTime().IsZero())
	var _ fs.ReadFileFS = files
	fmt.Printf("%T\n", files)
	var zero embed.FS
	entries, err = zero.ReadDir(".")
	fmt.Println(len(entries), err)
}

func list(files embed.FS, dir string) {
	entries, err := files.ReadDir(dir)
	if err != nil {
		fmt.Println(err)
	}
	for _, e := range entries {
		name := strings.TrimPrefix(dir+"/"+e.Name(), "./")
		if e.IsDir() {
			list(files, name)
			continue
		}
		data, err := files.ReadFile(name)
		fmt.Println(name, len(data), err)
	}
}
