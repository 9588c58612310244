//! Arithmetic that the sources share: how old a set may get, and whether the rule is really applied.

use domain::port::probe::BackupSet;
use domain::time::{Date, Timestamp, days_later, months_later};

/// An age in whole months and days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Age {
    pub(super) months: i32,
    pub(super) days: i32,
}

impl Age {
    /// An age in days.
    pub(super) const fn days(days: i32) -> Self {
        Self { months: 0, days }
    }

    /// Reads restic's way to write an age: `1y5m7d2h`. Hours count as a whole day.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut age = Self::days(0);
        let mut digits = String::new();
        for letter in text.chars() {
            if letter.is_ascii_digit() {
                digits.push(letter);
                continue;
            }
            let number: i32 = digits.parse().ok().filter(|number| *number <= 10_000)?;
            digits.clear();
            match letter {
                'y' => age.months += 12 * number,
                'm' => age.months += number,
                'd' => age.days += number,
                'h' => age.days += (number + 23) / 24,
                _ => return None,
            }
        }
        (digits.is_empty() && age != Self::days(0)).then_some(age)
    }

    /// The longer of two, a month counting as 30 days.
    pub(super) fn longer(self, other: Self) -> Self {
        let length = |age: Self| age.months * 30 + age.days;
        if length(other) > length(self) { other } else { self }
    }

    /// The date so much later.
    pub(super) fn after(self, moment: Timestamp) -> Option<Date> {
        months_later(moment.date(), self.months)
            .and_then(|date| days_later(date, self.days))
            .ok()
    }
}

/// The sets that should be gone by their rule and are not.
pub(super) fn overdue(sets: &[BackupSet], now: Timestamp) -> usize {
    sets.iter()
        .filter(|set| set.expires_on.is_some_and(|date| date < now.date()))
        .count()
}

/// The rule, unless sets have outstayed it: then no set has a date, and a note says why.
pub(super) fn applied(
    rule: Option<String>,
    sets: &mut [BackupSet],
    notes: &mut Vec<String>,
    now: Timestamp,
) -> Option<String> {
    let late = overdue(sets, now);
    let rule = rule.filter(|_| late == 0);
    if late > 0 {
        notes.push(format!(
            "{late} of {} sets should be gone by the rule and are not: it is not applied",
            sets.len()
        ));
    }
    if rule.is_none() {
        sets.iter_mut().for_each(|set| set.expires_on = None);
    }
    rule
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_as_restic_writes_them() {
        assert_eq!(Age::parse("35d"), Some(Age::days(35)));
        assert_eq!(Age::parse("1y5m7d2h"), Some(Age { months: 17, days: 8 }));
        for wrong in ["", "35", "d", "35w", "0d", "unlimited"] {
            assert_eq!(Age::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_month_after_the_31st_of_january_ends_february() {
        let moment: Timestamp = "2027-01-31T12:00:00Z".parse().unwrap();
        assert_eq!(
            Age { months: 1, days: 0 }.after(moment).unwrap().to_string(),
            "2027-02-28"
        );
    }
}
