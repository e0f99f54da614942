//! What things cost inside programs that gol runs, beside the same in compiled Rust.
//!
//! A program times itself, so that starting and compiling it does not count. `cargo bench --bench vm`; an iteration is one
//! operation.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use gol::{Engine, Options, Outcome};
use std::cell::RefCell;
use std::collections::HashMap;
use std::hint::black_box;
use std::io::{self, Write};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};
use vm::Output;

/// A program that calls `work(n)`, `n` being its argument, and prints the nanoseconds it took.
fn program(imports: &str, declarations: &str) -> String {
    format!(
        "package main

import (
	\"fmt\"
	\"os\"
	\"strconv\"
	\"time\"
	{imports}
)

{declarations}

func main() {{
	n, _ := strconv.Atoi(os.Args[1])
	start := time.Now()
	work(n)
	fmt.Print(int64(time.Since(start)))
}}
"
    )
}

/// What a program prints.
#[derive(Clone, Default)]
struct Printed(Rc<RefCell<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, b: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(b)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How long `work(n)` takes in that program.
fn run(text: &str, n: u64) -> Duration {
    let args = vec!["bench".to_string(), n.to_string()];
    let mut engine = Engine::new(Options {
        args,
        ..Options::default()
    });
    let program = engine
        .load_text("bench.go", text)
        .expect("the program is right");
    let printed = Printed::default();
    let (out, err) = (
        Output::new(Box::new(printed.clone())),
        Output::new(Box::new(io::stderr())),
    );
    assert_eq!(engine.run_to(program, out, err), Outcome::Exit(0));
    let nanos = String::from_utf8_lossy(&printed.0.borrow())
        .parse()
        .expect("the program prints its time");
    Duration::from_nanos(nanos)
}

fn gol(group: &mut BenchmarkGroup<'_, WallTime>, imports: &str, declarations: &str) {
    let text = program(imports, declarations);
    group.bench_function("gol", |b| b.iter_custom(|n| run(&text, n)));
}

fn rust(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, mut f: impl FnMut(u64)) {
    group.bench_function(name, |b| {
        b.iter_custom(|n| {
            let start = Instant::now();
            f(n);
            start.elapsed()
        });
    });
}

fn call(c: &mut Criterion) {
    let mut group = c.benchmark_group("call of a function");
    gol(
        &mut group,
        "",
        "
func add(a, b int) int { return a + b }

func work(n int) {
	sum := 0
	for i := range n {
		sum = add(sum, i)
	}
}",
    );
    #[inline(never)]
    fn add(a: u64, b: u64) -> u64 {
        black_box(a).wrapping_add(black_box(b))
    }
    rust(&mut group, "rust", |n| {
        black_box((0..n).fold(0, add));
    });
}

const KEYS: u64 = 1 << 10;

fn map_get(c: &mut Criterion) {
    let mut group = c.benchmark_group("map, get");
    gol(
        &mut group,
        "",
        "
func work(n int) {
	m := make(map[int]int)
	for i := range 1 << 10 {
		m[i] = i
	}
	sum := 0
	for i := range n {
		sum += m[i&(1<<10-1)]
	}
}",
    );
    let std: HashMap<u64, u64> = (0..KEYS).map(|i| (i, i)).collect();
    rust(&mut group, "std HashMap", |n| {
        for i in 0..n {
            black_box(std.get(&(i % KEYS)));
        }
    });
    let fast: hashbrown::HashMap<u64, u64> = (0..KEYS).map(|i| (i, i)).collect();
    rust(&mut group, "hashbrown", |n| {
        for i in 0..n {
            black_box(fast.get(&(i % KEYS)));
        }
    });
}

fn map_put(c: &mut Criterion) {
    let mut group = c.benchmark_group("map, put");
    gol(
        &mut group,
        "",
        "
func work(n int) {
	m := make(map[int]int)
	for i := range n {
		m[i&(1<<16-1)] = i
	}
}",
    );
    const MASK: u64 = (1 << 16) - 1;
    rust(&mut group, "std HashMap", |n| {
        let mut m = HashMap::new();
        for i in 0..n {
            m.insert(i & MASK, i);
        }
        black_box(m);
    });
    rust(&mut group, "hashbrown", |n| {
        let mut m = hashbrown::HashMap::new();
        for i in 0..n {
            m.insert(i & MASK, i);
        }
        black_box(m);
    });
}

fn allocation(c: &mut Criterion) {
    let mut group = c.benchmark_group("allocation of 32 bytes");
    gol(
        &mut group,
        "",
        "
type node struct {
	next *node
	a, b, c int
}

var keep *node

func work(n int) {
	for i := range n {
		keep = &node{nil, i, i, i}
	}
}",
    );
    rust(&mut group, "Box::new", |n| {
        let mut keep = Box::new([0u64; 4]);
        for i in 0..n {
            keep = black_box(Box::new([0, i, i, i]));
        }
        black_box(keep);
    });
}

fn hand_off(c: &mut Criterion) {
    let mut group = c.benchmark_group("hand-off over an unbuffered channel");
    gol(
        &mut group,
        "",
        "
func work(n int) {
	c := make(chan int)
	go func() {
		for i := range n {
			c <- i
		}
	}()
	for range n {
		<-c
	}
}",
    );
    rust(&mut group, "crossbeam between threads", |n| {
        let (to, from) = crossbeam_channel::bounded(0);
        let sender = thread::spawn(move || (0..n).for_each(|i| to.send(i).expect("open")));
        for _ in 0..n {
            black_box(from.recv().expect("open"));
        }
        sender.join().expect("the sender ends well");
    });
}

fn spawn(c: &mut Criterion) {
    let mut group = c.benchmark_group("goroutine started and waited for");
    gol(
        &mut group,
        "\"sync\"",
        "
func work(n int) {
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go wg.Done()
		wg.Wait()
	}
}",
    );
    rust(&mut group, "std thread", |n| {
        for i in 0..n {
            thread::spawn(move || black_box(i))
                .join()
                .expect("the thread ends well");
        }
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    targets = call, map_get, map_put, allocation, hand_off, spawn
}
criterion_main!(benches);
