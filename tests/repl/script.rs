//! Scripts that drive a session at a terminal.
//!
//! A script's lines are steps, taken one after the other:
//!
//!     args --edit-mode vi      arguments of `gol repl`, before anything else
//!     bare                     no arguments at all
//!     env NO_COLOR=1           the environment; `size 50 40` rows and columns, `file NAME` with the indented lines below it
//!     prompt                   wait for an empty prompt in the last row
//!     send text<Tab>           type: <Enter> <Tab> <Esc> <Up> <Down> <Left> <Right> <Home> <Backspace> <C-x> <A-x> and <Paste> … </Paste>
//!     line text                wait for an empty prompt, then type the text and Enter
//!     expect text              wait for a row with this text, below the last one that was expected
//!     row text                 the same, the whole row being that
//!     typing text              wait until the row of the cursor is that
//!     hint text                wait for a hint with this text; one that took too long comes with the next key
//!     at 3                     wait until the cursor is in that column
//!     colored text, plain text     the row of the cursor has it, coloured or not
//!     absent text              no row has it
//!     again                    quit, unless that has been waited for, and start anew at another terminal
//!     resize 50 30             change the terminal's size
//!     signal TERM              send a signal
//!     exit 0                   wait for the end, with that status

use super::pty::{Pty, Shown, Size};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

struct Script {
    args: Vec<String>,
    env: Vec<(String, String)>,
    size: Size,
    home: PathBuf,
    pty: Option<Pty>,
    ended: bool,
    /// The first row that the next prompt can be in.
    least: usize,
    /// The row below which the next expectation is looked for.
    from: usize,
}

/// Runs a script.
pub fn check(case: &Path) -> Result<(), String> {
    let text = fs::read_to_string(case).map_err(|e| e.to_string())?;
    let name = case.file_stem().unwrap_or_default().to_string_lossy();
    let home = std::env::temp_dir().join(format!("gol-repl-{}-{name}", std::process::id()));
    fs::create_dir_all(&home).map_err(|e| e.to_string())?;
    let mut script = Script {
        args: vec!["repl".to_string()],
        env: Vec::new(),
        size: pair("60 100")?,
        home: home.clone(),
        pty: None,
        ended: false,
        least: 0,
        from: 0,
    };
    let done = script.run(&text);
    drop(script);
    let _ = fs::remove_dir_all(home);
    done
}

impl Script {
    fn run(&mut self, text: &str) -> Result<(), String> {
        let mut lines = text.lines().enumerate().peekable();
        while let Some((n, line)) = lines.next() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (step, rest) = line.split_once(' ').unwrap_or((line, ""));
            if step == "file" {
                let mut text = String::new();
                while let Some((_, line)) = lines.next_if(|l| l.1.starts_with("    ")) {
                    text += &line[4..];
                    text.push('\n');
                }
                fs::write(self.home.join(rest), text).map_err(|e| e.to_string())?;
                continue;
            }
            self.step(step, rest)
                .map_err(|why| format!("line {}: {line}\n{why}", n + 1))?;
        }
        Ok(())
    }

    fn step(&mut self, step: &str, rest: &str) -> Result<(), String> {
        match step {
            "args" => self.args.extend(rest.split(' ').map(str::to_string)),
            "bare" => self.args.clear(),
            "env" => {
                let (name, value) = rest.split_once('=').ok_or("NAME=VALUE")?;
                self.env.push((name.to_string(), value.to_string()));
            }
            "size" => self.size = pair(rest)?,
            "resize" => {
                let size = pair(rest)?;
                self.pty().resize(size);
            }
            "prompt" => self.prompt()?,
            "send" => {
                let keys = keys(rest)?;
                self.send(&keys);
            }
            "line" => {
                self.prompt()?;
                let mut keys = keys(rest)?;
                keys.push(b'\r');
                self.send(&keys);
            }
            "expect" => self.expect(|row| row.contains(rest))?,
            "row" => self.expect(|row| row == rest)?,
            "typing" => self.see(|s| (s.rows[s.cursor.0] == rest).then_some(()))?,
            "hint" => self.hint(rest)?,
            "at" => {
                let column: usize = rest.parse().map_err(|_| "a column")?;
                self.see(|s| (s.cursor.1 == column).then_some(()))?;
            }
            "colored" | "plain" => {
                let (row, column) =
                    self.see(|s| s.rows[s.cursor.0].find(rest).map(|at| (s.cursor.0, at)))?;
                if self.pty().is_colored(row, column) != (step == "colored") {
                    return Err("its colour is another".to_string());
                }
            }
            "absent" => {
                let shown = self.pty().shown();
                if shown.rows.iter().any(|r| r.contains(rest)) {
                    return Err(picture(&shown));
                }
            }
            "again" => {
                if !self.ended {
                    self.step("send", "<C-d>")?;
                    self.step("exit", "0")?;
                }
                self.ended = false;
                self.pty = None;
                (self.least, self.from) = (0, 0);
            }
            "signal" => self.pty().signal(rest),
            "exit" => {
                self.ended = true;
                let status = self.pty().end();
                if status.map(|s| s.to_string()).as_deref() != Some(rest) {
                    return Err(format!(
                        "status {status:?}\n{}",
                        picture(&self.pty().shown())
                    ));
                }
            }
            _ => return Err("no such step".to_string()),
        }
        Ok(())
    }

    fn pty(&mut self) -> &mut Pty {
        let Script {
            args,
            env,
            size,
            home,
            ..
        } = self;
        self.pty
            .get_or_insert_with(|| Pty::start(args, env, *size, home))
    }

    fn see<T>(&mut self, wanted: impl Fn(&Shown) -> Option<T>) -> Result<T, String> {
        self.pty().wait(wanted).map_err(|shown| picture(&shown))
    }

    fn hint(&mut self, text: &str) -> Result<(), String> {
        for _ in 0..20 {
            let wanted = |s: &Shown| s.rows[s.cursor.0].contains(text).then_some(());
            if self.pty().wait_for(Duration::from_secs(1), wanted).is_ok() {
                return Ok(());
            }
            self.pty().send(b" \x7f");
        }
        Err(picture(&self.pty().shown()))
    }

    fn send(&mut self, keys: &[u8]) {
        let row = self.pty().shown().cursor.0;
        self.least = self.least.max(row + 1);
        self.pty().send(keys);
    }

    /// Waits for an empty prompt below everything else, and below that at which the last keys were typed.
    fn prompt(&mut self) -> Result<(), String> {
        let from = self.from.max(self.least);
        self.from = self.see(|s| {
            let last = s.rows.iter().rposition(|r| !r.is_empty())?;
            let is_prompt = s.rows[last] == ">" && s.cursor == (last, 2);
            (is_prompt && last >= from).then_some(last)
        })?;
        Ok(())
    }

    fn expect(&mut self, fits: impl Fn(&str) -> bool) -> Result<(), String> {
        let from = self.from;
        let found = self.see(|s| (from..s.rows.len()).find(|&i| fits(&s.rows[i])))?;
        self.from = found + 1;
        Ok(())
    }
}

fn pair(text: &str) -> Result<Size, String> {
    let (a, b) = text.split_once(' ').ok_or("two numbers")?;
    let number = |s: &str| s.parse().map_err(|_| "two numbers".to_string());
    Ok((number(a)?, number(b)?))
}

/// What typing a text sends, `<Name>` being keys.
fn keys(text: &str) -> Result<Vec<u8>, String> {
    let mut sent = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = rest.find('>').filter(|_| c == '<');
        match end.and_then(|end| key(&rest[1..end]).map(|k| (k, end))) {
            Some((bytes, end)) => {
                sent.extend(bytes);
                rest = &rest[end + 1..];
            }
            None => {
                sent.extend(c.to_string().bytes());
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    Ok(sent)
}

fn key(name: &str) -> Option<Vec<u8>> {
    if let Some(c) = name.strip_prefix("C-").and_then(|c| c.bytes().next()) {
        return Some(vec![c & 0x1f]);
    }
    if let Some(c) = name.strip_prefix("A-") {
        return Some([b"\x1b", key(c).as_deref().unwrap_or(c.as_bytes())].concat());
    }
    let bytes: &[u8] = match name {
        "Enter" => b"\r",
        "Tab" => b"\t",
        "Esc" => b"\x1b",
        "Up" => b"\x1b[A",
        "Down" => b"\x1b[B",
        "Right" => b"\x1b[C",
        "Left" => b"\x1b[D",
        "Home" => b"\x1b[H",
        "Backspace" => b"\x7f",
        "Paste" => b"\x1b[200~",
        "/Paste" => b"\x1b[201~",
        "Newline" => b"\n",
        _ => return None,
    };
    Some(bytes.to_vec())
}

fn picture(shown: &Shown) -> String {
    let last = shown.rows.iter().rposition(|r| !r.is_empty()).unwrap_or(0);
    let rows: Vec<String> = shown.rows[..=last]
        .iter()
        .map(|r| format!("  | {r}"))
        .collect();
    format!("cursor {:?}, screen:\n{}", shown.cursor, rows.join("\n"))
}
