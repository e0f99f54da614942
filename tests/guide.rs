//! Documents that run: the complete examples of the two guides to Go channels, to the letter in virtual time, and guides as a whole.

#[path = "guide/reports.rs"]
mod reports;
mod support;

use support::{all, cases, check_run};

#[test]
fn the_guides_examples_run() {
    let cases = cases("examples/guide");
    all(&cases, |c| check_run(c, &["--virtual-time"]));
}

#[test]
fn there_are_27() {
    assert!(std::env::var_os("GOL_ONLY").is_some() || cases("examples/guide").len() == 27);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    all(&cases("examples/guide"), |c| {
        // the web scraper waits for the network's refusal on the real clock
        if c.ends_with("channels_78.go") {
            return Ok(());
        }
        let args: Vec<String> = ["run", "--virtual-time", "--seed", "5", c.to_str().unwrap()]
            .map(String::from)
            .to_vec();
        let runs = [support::gol(&args, ""), support::gol(&args, "")].map(|r| r.map(|o| o.stdout));
        if runs[0].is_some() && runs[0] == runs[1] {
            Ok(())
        } else {
            Err("two runs differ".into())
        }
    });
}
