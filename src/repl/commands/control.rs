//! Commands that steer the session and the REPL.

use super::{Argument, Command, events};
use crate::repl::report::Said;
use crate::repl::state::Repl;
use crate::repl::text::{nanos, parse_duration};

pub(super) const UNDO: Command = Command {
    name: "undo",
    form: "",
    argument: Argument::Nothing,
    doc: "take back what the last input declared",
    more: "Names mean again what they meant before it. What it did otherwise stays done: values that it changed, goroutines that it\n\
           started, what it printed. Can be repeated.\nExample:\n  x := 1\n  x := \"one\"\n  :undo",
    run: undo,
};

pub(super) const RESET: Command = Command {
    name: "reset",
    form: "",
    argument: Argument::Nothing,
    doc: "start anew: nothing declared, no goroutines",
    more: "Example:\n  :reset",
    run: reset,
};

pub(super) const SEED: Command = Command {
    name: "seed",
    form: "N",
    argument: Argument::Word,
    doc: "make select, map order and math/rand repeatable from here on",
    more: "Example:\n  :seed 7",
    run: seed,
};

pub(super) const CLOCK: Command = Command {
    name: "clock",
    form: "[real|virtual]",
    argument: Argument::Word,
    doc: "say whether time is real or virtual, or change it",
    more: "Virtual time stands still while you type. An input that waits for it lets it jump to where something happens; :tick moves it.\n\
           Example:\n  :clock virtual",
    run: clock,
};

pub(super) const TICK: Command = Command {
    name: "tick",
    form: "DURATION",
    argument: Argument::Word,
    doc: "let virtual time pass",
    more: "What falls due on the way happens.\nExample:\n  :clock virtual\n  go func() { time.Sleep(time.Second); fmt.Println(\"awake\") }()\n  :tick 1s",
    run: tick,
};

pub(super) const QUIT: Command = Command {
    name: "quit",
    form: "[STATUS]",
    argument: Argument::Word,
    doc: "leave",
    more: "With a number, that is the exit status.\nExample:\n  :quit",
    run: quit,
};

fn undo(repl: &mut Repl, _: &str) -> Result<Said, String> {
    let undone = repl.session.undo().ok_or("there is nothing left to undo")?;
    repl.forget(undone.input);
    let mut out = format!("input[{}] is undone", undone.input);
    if !undone.new.is_empty() {
        out += &format!("; gone: {}", undone.new.join(", "));
    }
    if !undone.old.is_empty() {
        out += &format!("; as before it: {}", undone.old.join(", "));
    }
    out += "\nwhat it did otherwise stays done\n";
    Ok(Said::out(out))
}

fn reset(repl: &mut Repl, _: &str) -> Result<Said, String> {
    repl.session.reset();
    repl.inputs.clear();
    Ok(Said::out("a new session\n".to_string()))
}

fn seed(repl: &mut Repl, argument: &str) -> Result<Said, String> {
    let seed = argument
        .parse()
        .map_err(|_| format!("{argument:?} is not a number"))?;
    repl.session.vm.reseed(seed);
    Ok(Said::default())
}

fn clock(repl: &mut Repl, argument: &str) -> Result<Said, String> {
    let vm = &mut repl.session.vm;
    match argument {
        "" => {}
        "real" => vm.set_virtual_time(false),
        "virtual" => vm.set_virtual_time(true),
        other => return Err(format!("a clock is real or virtual, not {other:?}")),
    }
    let kind = match vm.is_virtual_time() {
        true => "virtual",
        false => "real",
    };
    Ok(Said::out(format!("time is {kind}\n")))
}

fn tick(repl: &mut Repl, argument: &str) -> Result<Said, String> {
    let n = parse_duration(argument)
        .ok_or_else(|| format!("{argument:?} is not a duration such as 1s or 250ms"))?;
    if !repl.session.vm.is_virtual_time() {
        return Err("time is real and passes by itself; :clock virtual stops it".to_string());
    }
    let happened = repl.session.tick(n);
    let mut said = events(&happened, repl.color);
    said.out += &format!("{} have passed\n", nanos(n));
    Ok(said)
}

fn quit(repl: &mut Repl, argument: &str) -> Result<Said, String> {
    let status = match argument {
        "" => 0,
        n => n
            .parse()
            .map_err(|_| format!("{n:?} is not an exit status"))?,
    };
    repl.quit = Some(status);
    Ok(Said::default())
}
