//! Every program below `tests/run` and `tests/fatal` prints what stands beside it: plainly, with a collection at every
//! safepoint, and under other seeds.

mod support;

use support::{all, cases, check_run, directive};

#[test]
fn programs_print_what_go_prints() {
    all(&cases("tests/run"), |c| check_run(c, &[]));
}

#[test]
fn programs_survive_a_collection_at_every_safepoint() {
    let cases: Vec<_> = cases("tests/run")
        .into_iter()
        .filter(|c| !directive(c).no_stress)
        .collect();
    all(&cases, |c| check_run(c, &["--gc-stress"]));
}

#[test]
fn output_does_not_depend_on_the_seed() {
    let cases: Vec<_> = cases("tests/run")
        .into_iter()
        .filter(|c| directive(c).flags.iter().all(|f| f != "--seed"))
        .collect();
    for seed in ["2", "77"] {
        all(&cases, |c| check_run(c, &["--seed", seed]));
    }
}

#[test]
fn failures_are_explained() {
    all(&cases("tests/fatal"), |c| check_run(c, &[]));
}
