//! What a statement must have, and what must not contradict itself, before it is signed.

mod face;
mod reports;
mod sampling;

use super::claims::{Claims, SCHEMA};

/// The largest integer that every JSON reader reads exactly: 2^53 - 1.
const LARGEST_INTEGER: u64 = (1 << 53) - 1;

/// Something is missing or contradicts something else. A statement with one is never signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// A field that must be filled is empty.
    #[error("{0} is empty")]
    Empty(String),
    /// The schema is not this version's.
    #[error("schema is not {SCHEMA}")]
    Schema,
    /// The number of systems and of reports differ.
    #[error("the inventory has {stated} systems, {listed} are listed")]
    Systems {
        /// As the inventory says.
        stated: u64,
        /// As listed.
        listed: u64,
    },
    /// A system is listed twice.
    #[error("system {0} is listed twice")]
    Twice(String),
    /// The kind and the contents disagree.
    #[error("a certificate of kind {kind} {problem}")]
    Kind {
        /// The kind.
        kind: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A system's report disagrees with itself.
    #[error("{place}: {problem}")]
    Report {
        /// System, or system and dataset.
        place: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// Moments are in the wrong order.
    #[error("{earlier} is later than {later}")]
    Order {
        /// What should come first.
        earlier: &'static str,
        /// What should come after it.
        later: &'static str,
    },
    /// An officer's act is missing.
    #[error("nobody is named who {0}")]
    Officer(&'static str),
    /// The hold check and the withheld parts disagree.
    #[error("hold check: {0}")]
    Holds(&'static str),
    /// Words differ from what the facts give.
    #[error("{0} does not read as the facts demand")]
    Wording(String),
    /// An integer that not every reader of JSON reads exactly.
    #[error("an integer of {0} is not below 2^53")]
    Integer(String),
}

impl Claims {
    /// Says what is missing or contradictory. An empty list is a statement that may be signed.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        self.check_fields(&mut found);
        self.check_systems(&mut found);
        self.check_sampling(&mut found);
        self.check_kind(&mut found);
        self.check_order(&mut found);
        self.check_holds(&mut found);
        self.check_words(&mut found);
        found
    }

    /// Like [`Self::contradictions`], as a result.
    pub fn validate(&self) -> Result<(), Vec<Contradiction>> {
        let found = self.contradictions();
        if found.is_empty() { Ok(()) } else { Err(found) }
    }
}
