//! People and their tokens.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::digest::Digest;
use domain::id::PersonId;
use domain::people::{Person, PersonalToken};
use domain::port::store::{People, StoreError};
use domain::time::Timestamp;
use sqlx::FromRow;

use crate::row::{Noun, Stored, all, document, first, moment, timestamp};
use crate::transaction::Transaction;

impl Noun for Person {
    const TABLE: &'static str = "people";
}

impl Noun for PersonalToken {
    const TABLE: &'static str = "personal_tokens";
}

/// A token with what is kept beside its document.
#[derive(FromRow)]
struct TokenRow {
    #[sqlx(flatten)]
    stored: Stored,
    last_used_at: Option<DateTime<Utc>>,
}

impl TokenRow {
    fn read(self) -> Result<PersonalToken, StoreError> {
        Ok(PersonalToken {
            last_used_at: self.last_used_at.map(timestamp),
            ..self.stored.read()?
        })
    }
}

statements! {
    INSERT = "
        INSERT INTO people (id, email, version, document)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    UPDATE = "
        UPDATE people
        SET email = $3, version = $2 + 1, document = $4
        WHERE id = $1 AND version = $2";
    FIND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM people
        WHERE id = $1";
    FIND_BY_EMAIL = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM people
        WHERE email = $1";
    LIST = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM people
        ORDER BY serial";
    INSERT_TOKEN = "
        INSERT INTO personal_tokens (digest, person_id, document)
        VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    FIND_TOKEN = "
        SELECT person_id AS id, CAST(document AS TEXT) AS document, last_used_at
        FROM personal_tokens
        WHERE digest = $1";
    TOKENS = "
        SELECT person_id AS id, CAST(document AS TEXT) AS document, last_used_at
        FROM personal_tokens
        WHERE person_id = $1";
    TOUCH_TOKEN = "
        UPDATE personal_tokens
        SET last_used_at = $2
        WHERE digest = $1";
    DELETE_TOKEN = "
        DELETE FROM personal_tokens
        WHERE digest = $1";
}

#[async_trait]
impl People for Transaction {
    async fn insert(&mut self, person: &Person) -> Result<(), StoreError> {
        let (id, email) = (person.id.uuid(), person.email.as_str());
        let done = execute!(
            &mut self.connection,
            INSERT,
            id,
            email,
            person.version,
            document(person)?
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "a person of this e-mail address")
    }

    async fn update(&mut self, person: &Person) -> Result<(), StoreError> {
        let next = Person {
            version: person.version + 1,
            ..person.clone()
        };
        let (id, email) = (person.id.uuid(), person.email.as_str());
        let done = execute!(
            &mut self.connection,
            UPDATE,
            id,
            person.version,
            email,
            document(&next)?
        );
        let rows = self.seen(done)?;
        self.updated(rows, "person", person.id)
    }

    async fn find(&mut self, id: PersonId) -> Result<Option<Person>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND, id.uuid());
        first(self.seen(rows)?)
    }

    async fn find_by_email(&mut self, email: &str) -> Result<Option<Person>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND_BY_EMAIL, email);
        first(self.seen(rows)?)
    }

    async fn list(&mut self) -> Result<Vec<Person>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, LIST);
        let mut people: Vec<Person> = all(self.seen(rows)?)?;
        people.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(people)
    }

    async fn insert_token(&mut self, token: &PersonalToken) -> Result<(), StoreError> {
        let (digest, person) = (&token.digest.as_bytes()[..], token.person.uuid());
        let done = execute!(
            &mut self.connection,
            INSERT_TOKEN,
            digest,
            person,
            document(token)?
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the token")
    }

    async fn find_token(&mut self, digest: Digest) -> Result<Option<PersonalToken>, StoreError> {
        let rows = fetch!(&mut self.connection, TokenRow, FIND_TOKEN, &digest.as_bytes()[..]);
        self.seen(rows)?
            .into_iter()
            .next()
            .map(TokenRow::read)
            .transpose()
    }

    async fn tokens(&mut self, person: PersonId) -> Result<Vec<PersonalToken>, StoreError> {
        let rows = fetch!(&mut self.connection, TokenRow, TOKENS, person.uuid());
        let tokens = self.seen(rows)?.into_iter().map(TokenRow::read);
        let mut tokens = tokens.collect::<Result<Vec<_>, _>>()?;
        tokens.sort_by_key(|token| token.created_at);
        Ok(tokens)
    }

    async fn touch_token(&mut self, digest: Digest, at: Timestamp) -> Result<(), StoreError> {
        let digest = &digest.as_bytes()[..];
        let done = execute!(&mut self.connection, TOUCH_TOKEN, digest, moment(at));
        self.seen(done).map(drop)
    }

    async fn delete_token(&mut self, digest: Digest) -> Result<bool, StoreError> {
        let done = execute!(&mut self.connection, DELETE_TOKEN, &digest.as_bytes()[..]);
        let rows = self.seen(done)?;
        Ok(self.changed(rows))
    }
}
