//! The concurrent prime sieve, in Rust: every prime is a goroutine that filters its multiples.

use chanrt::typed::{Chan, go, run};

fn filter(from: Chan<u32>, to: Chan<u32>, prime: u32) {
    for n in &from {
        if n % prime != 0 && to.send(n).is_err() {
            return;
        }
    }
}

fn main() {
    let done = run(|| {
        let mut numbers = Chan::new(0);
        let first = numbers.clone();
        go(move || (2..).try_for_each(|n| first.send(n)).unwrap_or(()));
        for _ in 0..100 {
            let Some(prime) = numbers.recv() else { return };
            println!("{prime}");
            let (from, to) = (numbers, Chan::new(0));
            numbers = to.clone();
            go(move || filter(from, to, prime));
        }
    });
    if let Err(deadlock) = done {
        eprintln!("{deadlock}");
    }
}
