//! Running the blocks of a guide.
//!
//! Invariants: a section's session sees exactly the section's blocks up to the last that is asked for, in order; programs run only if they are asked for.

use super::cells::Cells;
use super::markdown::Guide;
use super::outcome::{Outcome, Status};
use super::plan::{Part, Plan, Shape};
use super::programs;
use crate::engine::Options;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long a block may take on the real clock.
pub const LIMIT: Duration = Duration::from_secs(60);
/// How many taken jumps and calls a block may make unless flags say otherwise.
pub const STEPS: u64 = 100_000_000;
/// The seed unless flags say otherwise, so that reports can be compared.
const SEED: u64 = 1;

/// A block that has been run.
pub struct Done {
    /// Its index in the guide.
    pub index: usize,
    /// What it is.
    pub shape: Shape,
    /// What became of it.
    pub outcome: Outcome,
}

/// Runs the blocks `chosen`, with what their sections' sessions need before them.
pub fn run(guide: &Guide, chosen: Range<usize>, options: &Options) -> Vec<Done> {
    let Some(section) = guide.blocks.get(chosen.start).map(|b| b.section) else {
        return Vec::new();
    };
    let options = bounded(options);
    let plans: Vec<Plan> = guide.blocks.iter().map(|b| Plan::new(&b.text)).collect();
    let (mut done, mut statuses, mut cells) = (Vec::new(), HashMap::new(), None);
    let blocks = guide.blocks.iter().enumerate().take(chosen.end);
    for (index, block) in blocks.skip_while(|(_, b)| b.section != section) {
        let (plan, wanted) = (&plans[index], chosen.contains(&index));
        if plan.is_program && !wanted {
            continue;
        }
        let start = Instant::now();
        let mut outcome = match plan.is_program {
            true => programs::run(&guide.name, block.line + 1, &block.text, &options),
            false => session_of(&mut cells, guide, block.section, &options).run(block, plan),
        };
        outcome.millis = start.elapsed().as_millis();
        statuses.insert(index, outcome.status);
        if wanted {
            done.push(Done {
                index,
                shape: plan.shape,
                outcome,
            });
        }
    }
    for d in &mut done {
        let notes = origins(guide, &plans, &statuses, d);
        d.outcome.message.push_str(&notes);
    }
    done
}

/// Options under which every block comes to an end, and does the same each time.
fn bounded(options: &Options) -> Options {
    Options {
        seed: options.seed.or(Some(SEED)),
        fuel: options.fuel.or(Some(STEPS)),
        memory_limit: options.memory_limit.or(Some(1 << 30)),
        ..options.clone()
    }
}

/// The session of a section: the last one, or a new one.
fn session_of<'c>(
    cells: &'c mut Option<(usize, Cells)>,
    guide: &Guide,
    section: usize,
    options: &Options,
) -> &'c mut Cells {
    if cells.as_ref().is_some_and(|c| c.0 != section) {
        *cells = None;
    }
    &mut cells
        .get_or_insert_with(|| (section, Cells::new(&guide.name, options)))
        .1
}

/// Says where the guide declares what a block needs: nearest before it, or else later in its section.
fn origins(guide: &Guide, plans: &[Plan], statuses: &HashMap<usize, Status>, d: &Done) -> String {
    let mut notes = String::new();
    let section = |i: usize| guide.blocks[i].section;
    for name in &d.outcome.needs {
        let plain = |p: &&Part| p.receiver.is_none() && p.declares.contains(name);
        let declares = |&i: &usize| plans[i].parts.iter().find(plain).is_some();
        let before = (0..d.index).rev().find(declares);
        let later =
            || (d.index + 1..plans.len()).find(|i| section(*i) == section(d.index) && declares(i));
        let Some(other) = before.or_else(later) else {
            continue;
        };
        let b = &guide.blocks[other];
        let place = format!("block {}, line {}", b.number, b.line);
        notes += &if section(other) != section(d.index) {
            format!("\n{name} is declared in {place}, in another section")
        } else if other > d.index {
            format!("\n{name} is declared later, in {place}")
        } else {
            let why = match statuses.get(&other) {
                Some(status @ (Status::Incomplete | Status::NotGo)) => {
                    format!("which is {}", status.as_str())
                }
                _ if d.shape == Shape::Program => "but a program runs on its own".to_string(),
                _ => "but as something else".to_string(),
            };
            format!("\n{name} is declared in {place}, {why}")
        };
    }
    notes
}

/// How something that runs is stopped from another thread.
pub type Stop = Box<dyn FnOnce() + Send>;

/// Runs something that hands over how it is stopped, and stops it when it takes too long; whether that was so.
pub fn watched<T>(run: impl FnOnce(&mut dyn FnMut(Stop)) -> T) -> (T, bool) {
    let (over, waits) = channel::<()>();
    let late = Arc::new(AtomicBool::new(false));
    let mut waits = Some(waits);
    let result = run(&mut |stop: Stop| {
        let Some(waits) = waits.take() else { return };
        let late = late.clone();
        std::thread::spawn(move || {
            if waits.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
                late.store(true, Ordering::Release);
                stop();
            }
        });
    });
    drop(over);
    (result, late.load(Ordering::Acquire))
}
