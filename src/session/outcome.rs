//! What becomes of an input: data; how it is said is the business of the REPL and the reports.

use lang::diag::Diagnostic;

/// What became of an input.
#[derive(Debug)]
pub struct Evaluation {
    /// The input's number, from 1; its source is called `input[N]`.
    pub input: usize,
    /// The goroutine it ran on; 0 if nothing ran.
    pub goid: u64,
    /// What the checker warned of.
    pub warnings: Vec<Diagnostic>,
    /// How it ended.
    pub end: End,
    /// What happened to other goroutines meanwhile.
    pub events: Vec<Event>,
}

/// How an input ended.
#[derive(Debug)]
pub enum End {
    /// It has errors; nothing ran.
    Rejected(Vec<Diagnostic>),
    /// A file it needs cannot be read: a sentence for the user; nothing ran.
    Unreadable(String),
    /// It declared something; there was nothing to run.
    Declared,
    /// It ran to its end; the values of its expressions.
    Done(Vec<Echo>),
    /// Nothing can wake it any more; its goroutine stays parked.
    Blocked(Waiting),
    /// It panicked, or met a fatal error; its goroutine stays to be looked at.
    Panicked(Crash),
    /// It called `os.Exit`.
    Exited(i32),
    /// It was stopped.
    Interrupted,
    /// gol failed: what is known about it.
    Bug(String),
}

/// Something that happened to a goroutine nobody was waiting for.
#[derive(Debug)]
pub enum Event {
    /// An earlier input went on and has ended.
    Finished {
        /// Its goroutine.
        goid: u64,
        /// Its number.
        input: usize,
        /// The values of its expressions.
        echoes: Vec<Echo>,
    },
    /// A goroutine panicked, or met a fatal error.
    Crashed(Crash),
    /// A goroutine called `os.Exit`.
    Exited {
        /// The goroutine.
        goid: u64,
        /// The exit code.
        code: i32,
    },
    /// gol failed in a goroutine.
    Bug(String),
}

/// A value that an input shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Echo {
    /// The variable that holds it, `_1`; empty for a text.
    pub name: String,
    /// Its type; empty for a text.
    pub ty: String,
    /// The value in Go syntax, or the text.
    pub value: String,
    /// Whether parts of it are left out.
    pub cut: bool,
    /// What its Error or String method says.
    pub words: Option<String>,
}

impl Echo {
    pub(super) fn text(text: &str) -> Echo {
        Echo {
            name: String::new(),
            ty: String::new(),
            value: text.to_string(),
            cut: false,
            words: None,
        }
    }

    /// One line of Go: `_1 = 42 // int`; the type is left out where the value tells it. What a method says of the value comes last.
    pub fn line(&self) -> String {
        if self.name.is_empty() {
            return self.value.clone();
        }
        // Go's two ways of writing struct types differ in blanks.
        let mut value = self
            .value
            .trim_start_matches('&')
            .chars()
            .filter(|&c| c != ' ');
        let mut ty = self
            .ty
            .trim_start_matches('*')
            .chars()
            .filter(|&c| c != ' ');
        let told = ty.all(|c| value.next() == Some(c)) || self.ty == "bool";
        let ty = (!told).then_some(&self.ty);
        let comment: Vec<&str> = ty
            .into_iter()
            .chain(&self.words)
            .map(String::as_str)
            .collect();
        let comment = match comment[..] {
            [] => String::new(),
            _ => format!(" // {}", comment.join(": ")),
        };
        format!("{} = {}{comment}", self.name, self.value)
    }
}

/// A crash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Crash {
    /// The goroutine.
    pub goid: u64,
    /// `panic: …` or `fatal error: …`.
    pub message: String,
    /// The goroutine's header and frames as Go prints them.
    pub trace: String,
}

/// What a parked goroutine waits for.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Waiting {
    /// The goroutine.
    pub goid: u64,
    /// Go's word for why it is parked: `chan receive`.
    pub reason: String,
    /// File, line and text of the statement it waits in.
    pub at: Option<(String, u32, String)>,
    /// The channels it waits on: the operation (`send`, `receive`), the channel's number, and where it was made.
    pub on: Vec<vm::WaitsOn>,
}

impl Waiting {
    /// Who waits, where, and for what: a few lines, without a newline at the end.
    pub fn told(&self) -> String {
        let mut out = format!("goroutine {} is parked: {}", self.goid, self.reason);
        if let Some((file, line, text)) = &self.at {
            out += &format!("\n  at {file}:{line}: {text}");
        }
        for (what, id, made) in &self.on {
            let preposition = if what == "send" { "on" } else { "from" };
            out += &format!("\n  to {what} {preposition} channel {id}");
            if let Some((file, line)) = made {
                out += &format!(", made at {file}:{line}");
            }
        }
        out
    }
}

impl Evaluation {
    pub(super) fn ended(input: usize, end: End) -> Evaluation {
        Evaluation {
            input,
            goid: 0,
            warnings: Vec::new(),
            end,
            events: Vec::new(),
        }
    }

    /// Whether the input failed: errors, a panic, a call of os.Exit with another code than 0, a stop, a fault of gol's.
    pub fn failed(&self) -> bool {
        match &self.end {
            End::Declared | End::Done(_) | End::Blocked(_) | End::Exited(0) => false,
            End::Rejected(_)
            | End::Unreadable(_)
            | End::Panicked(_)
            | End::Exited(_)
            | End::Interrupted
            | End::Bug(_) => true,
        }
    }
}
