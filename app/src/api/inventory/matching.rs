//! How records are found, as one line: `email=email_address lower from crm.users.email`.

use domain::inventory::{DatasetRef, Lookup, Match};
use domain::subject::Normalisation;

/// Reads a line, or says what is wrong with it.
pub fn read(line: &str) -> Result<Match, String> {
    let (identifier, rest) = line
        .split_once('=')
        .ok_or("Write identifier=field, such as email=email_address.")?;
    let mut words = rest.split_whitespace();
    let field = words.next().ok_or("Name the field after the equals sign.")?;
    let identifier = identifier.trim().to_lowercase();
    if identifier.is_empty() {
        return Err("Name the kind of identifier before the equals sign.".into());
    }
    let mut found = Match {
        identifier,
        field: field.to_owned(),
        normalise: Normalisation::Exact,
        lookup: None,
    };
    while let Some(word) = words.next() {
        match word {
            "exact" => found.normalise = Normalisation::Exact,
            "lower" => found.normalise = Normalisation::Lower,
            "digits" => found.normalise = Normalisation::Digits,
            "from" => found.lookup = Some(lookup(words.next().unwrap_or_default())?),
            _ => {
                return Err(
                    "After the field only lower, digits, or from system.dataset.field may follow.".into(),
                );
            }
        }
    }
    Ok(found)
}

/// Reads one line each; what is wrong is told with its line.
pub fn read_all(text: &str) -> Result<Vec<Match>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let read = lines
        .enumerate()
        .map(|(place, line)| read(line).map_err(|why| format!("Line {}: {why}", place + 1)));
    read.collect()
}

/// The line of a match.
pub fn write(found: &Match) -> String {
    let normalise = match found.normalise {
        Normalisation::Exact => "",
        Normalisation::Lower => " lower",
        Normalisation::Digits => " digits",
    };
    let from = found
        .lookup
        .as_ref()
        .map(|lookup| format!(" from {}.{}", lookup.dataset, lookup.field));
    format!(
        "{}={}{normalise}{}",
        found.identifier,
        found.field,
        from.unwrap_or_default()
    )
}

fn lookup(text: &str) -> Result<Lookup, String> {
    let refused = || "After from, name system.dataset.field.".to_owned();
    let mut parts = text.splitn(3, '.');
    let (system, dataset, field) = (parts.next(), parts.next(), parts.next());
    let (Some(system), Some(dataset), Some(field)) = (system, dataset, field) else {
        return Err(refused());
    };
    let dataset = DatasetRef::try_from(format!("{system}.{dataset}")).map_err(|_| refused())?;
    match field {
        "" => Err(refused()),
        field => Ok(Lookup {
            dataset,
            field: field.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_back_as_it_was_typed() {
        for line in [
            "tenant_key=tenant_id",
            "email=email_address lower",
            "user_id=owner from crm.users.id",
            "phone=tel digits from crm.users.tel",
        ] {
            assert_eq!(write(&read(line).unwrap()), line);
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for line in [
            "email",
            "=x",
            "email=",
            "email=x upper",
            "email=x from crm.users",
            "email=x from",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
        assert!(read_all("email=x\nnonsense").unwrap_err().starts_with("Line 2"));
    }
}
