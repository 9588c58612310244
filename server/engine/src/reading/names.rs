//! Who acted, as far as the reader may know: a name for staff who may see names, a role for everybody else.

use std::collections::BTreeMap;

use domain::actor::{Actor, Permission, Role};
use domain::id::PersonId;
use domain::people::Person;
use domain::port::store::Tx;
use serde::Serialize;

use crate::Error;

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The account, where the reader may see names.
    pub id: Option<PersonId>,
    /// The name, where the reader may see names.
    pub name: Option<String>,
    /// Words for what they are: `compliance officer`, `tenant`, `Lethe` for the product itself.
    pub role: String,
    /// It is the reader.
    pub you: bool,
}

/// The people as one reader sees them.
pub(crate) struct Names {
    people: BTreeMap<PersonId, Person>,
    reader: Option<PersonId>,
    shown: bool,
}

impl Names {
    /// Loads them.
    pub(crate) async fn load(tx: &mut dyn Tx, reader: &Actor) -> Result<Self, Error> {
        let people = tx.people().list().await?;
        Ok(Self {
            people: people.into_iter().map(|person| (person.id, person)).collect(),
            reader: reader.person().ok(),
            shown: reader
                .require_any(&[Permission::ReadAll, Permission::ManagePeople])
                .is_ok(),
        })
    }

    /// A person.
    pub(crate) fn person(&self, id: PersonId) -> Named {
        let person = self.people.get(&id);
        let roles = person.map(|person| {
            let titles: Vec<&str> = person.roles.iter().map(|role| role.title()).collect();
            titles.join(", ")
        });
        let you = self.reader == Some(id);
        Named {
            id: (self.shown || you).then_some(id),
            name: person
                .filter(|_| self.shown || you)
                .map(|person| person.name.clone()),
            role: roles.unwrap_or_else(|| "somebody unknown".into()),
            you,
        }
    }

    /// Whoever an entry of the log names, `person:<id>` or `system:<component>`.
    pub(crate) fn reference(&self, reference: &str) -> Named {
        match reference.strip_prefix("person:").map(str::parse) {
            Some(Ok(id)) => self.person(id),
            _ => Self::product(),
        }
    }

    /// A person, or the product itself where it was none.
    pub(crate) fn person_or_product(&self, id: Option<PersonId>) -> Named {
        id.map_or_else(Self::product, |id| self.person(id))
    }

    fn product() -> Named {
        Named {
            id: None,
            name: None,
            role: "Lethe".into(),
            you: false,
        }
    }

    /// The account has a role.
    pub(crate) fn has(&self, id: PersonId, role: Role) -> bool {
        self.people
            .get(&id)
            .is_some_and(|person| person.roles.contains(&role))
    }
}
