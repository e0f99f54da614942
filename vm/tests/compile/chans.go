package main

type msg struct {
	a int8
	b string
}

func producer(c chan<- int, n int) {
	for i := 0; i < n; i++ {
		c <- i
	}
	close(c)
}

func main() {
	c := make(chan int)
	go producer(c, 5)
	s := 0
	for v := range c {
		s += v
	}
	v, ok := <-c
	println(s, v, ok)
	b := make(chan msg, 2)
	b <- msg{-3, "hi"}
	b <- msg{4, "yo"}
	println(len(b), cap(b))
	m := <-b
	println(m.a, m.b)
	m, ok = <-b
	println(m.a, m.b, ok)
	done := make(chan bool)
	i8 := make(chan int8, 1)
	go func() {
		x := <-i8
		println(x < 0, x)
		done <- true
	}()
	i8 <- -5
	<-done
	select {
	case v := <-c:
		println("closed", v)
	default:
		println("default")
	}
	e := make(chan int)
	select {
	case e <- 1:
		println("sent")
	default:
		println("would block")
	}
	select {
	case x, ok := <-i8:
		println(x, ok)
	default:
		println("empty")
	}
	r := make(chan string, 1)
	for i := 0; i < 2; i++ {
		select {
		case r <- "ping":
			println("send")
		case s := <-r:
			println("recv", s)
		case x := <-e:
			println(x)
		}
	}
	q := make(chan int)
	quit := make(chan struct{})
	go func() {
		for i := 0; i < 4; i++ {
			println(<-q)
		}
		close(quit)
	}()
	x, y := 0, 1
loop:
	for {
		select {
		case q <- x:
			x, y = y, x+y
		case <-quit:
			break loop
		}
	}
	println("end", x)
	defer func() {
		println(recover().(error).Error())
	}()
	close(c)
}
