//! What became of a block: data; how it is said is the business of the reports.

/// In what a block ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It ran.
    Ran,
    /// It was checked; there was nothing to run.
    Declared,
    /// Something in it waits, and nothing can wake it.
    Blocked,
    /// It panicked, or met a fatal error.
    Panicked,
    /// It needs names that nothing before it declares.
    Incomplete,
    /// A Go compiler refuses it, whatever stands around it.
    NotGo,
}

impl Status {
    /// All of them, in the order of reports.
    pub const ALL: [Status; 6] = [
        Status::Ran,
        Status::Declared,
        Status::Blocked,
        Status::Panicked,
        Status::Incomplete,
        Status::NotGo,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Ran => "ran",
            Status::Declared => "declared",
            Status::Blocked => "blocked",
            Status::Panicked => "panicked",
            Status::Incomplete => "incomplete",
            Status::NotGo => "not-go",
        }
    }
}

/// What became of a block.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// In what it ended.
    pub status: Status,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What else there is to say: values, errors, what it waits for. Empty, or lines without a last line end.
    pub message: String,
    /// The names it needs, in the order of the text.
    pub needs: Vec<String>,
    /// How long it took.
    pub millis: u128,
    /// Whether gol itself failed.
    pub bug: bool,
}
