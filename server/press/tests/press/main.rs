//! The press seen from outside: by lopdf, by the PDF tools of Debian, and by the check of `domain`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod golden;
mod logo;
mod outsiders;
mod samples;
mod seals;
mod signed;
mod structure;
mod tamper;
mod tools;
