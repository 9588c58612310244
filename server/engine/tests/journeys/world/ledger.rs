//! Every change of state beside the entries of its commit (invariant 4), kept by triggers of the database: no code of ours is
//! asked whether it told of what it did.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::database::{Made, TestDatabase};

/// What has a state of its own, by its table.
const NOUNS: [(&str, &str); 6] = [
    ("erasure_requests", "request"),
    ("legal_holds", "hold"),
    ("attempts", "attempt"),
    ("checks", "check"),
    ("certificates", "certificate"),
    ("incidents", "incident"),
];

/// Of one commit: which states changed, and what was logged. A check comes to be by an entry of its request, and goes back to
/// waiting by one.
const KEEP: &str = "
    CREATE SCHEMA ledger;
    CREATE TABLE ledger.seen (
        serial    bigserial,
        commit_id text NOT NULL DEFAULT pg_current_xact_id()::text,
        object    text NOT NULL,
        became    text,
        entry     text);
    CREATE FUNCTION ledger.state(noun jsonb) RETURNS text LANGUAGE sql AS $$
        SELECT concat_ws(' ', noun->>'stage', noun->>'aside', noun->>'state', noun->>'closed_at',
            CASE WHEN noun->>'ended_at' IS NOT NULL THEN 'ended' END)
    $$;
    CREATE FUNCTION ledger.see_state() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        became text := ledger.state(to_jsonb(NEW));
    BEGIN
        IF TG_OP = 'UPDATE' AND became = ledger.state(to_jsonb(OLD)) THEN
            RETURN NULL;
        END IF;
        IF TG_ARGV[0] <> 'check' OR became <> 'waiting' THEN
            INSERT INTO ledger.seen (object, became) VALUES (TG_ARGV[0] || ':' || NEW.id, became);
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION ledger.see_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO ledger.seen (object, entry) VALUES (NEW.object, convert_from(NEW.bytes, 'UTF8')::jsonb->>'type');
        RETURN NULL;
    END $$;
    CREATE TRIGGER see_entry AFTER INSERT ON log_entries FOR EACH ROW EXECUTE FUNCTION ledger.see_entry();";

/// Changes without exactly one entry about the same object in the same commit. That somebody looked again tells of the look,
/// which has no id of its own.
const WRONG: &str = "
    WITH changed AS (
        SELECT commit_id, object, string_agg(became, ' > ' ORDER BY serial) AS became
        FROM ledger.seen
        WHERE entry IS NULL
        GROUP BY commit_id, object),
    told AS (
        SELECT commit_id, object, count(*) AS entries, string_agg(entry, ' ' ORDER BY serial) AS kinds
        FROM ledger.seen
        WHERE entry <> 'certificate.looked_again'
        GROUP BY commit_id, object)
    SELECT DISTINCT split_part(object, ':', 1) || ' became ' || became || ', told by: ' || coalesce(kinds, 'nothing')
    FROM changed
    LEFT JOIN told USING (commit_id, object)
    WHERE coalesce(entries, 0) <> 1";

/// Entries that tell of a change where there was none: an entry too many is as wrong as one too few. An entry of a kind tells of
/// a change where another of its kind did. What somebody is needed for may become something else while they are needed, and a
/// release that is taken back had begun or was only proposed.
const SURPLUS: &str = "
    WITH told AS (
        SELECT split_part(object, ':', 1) AS noun, entry, EXISTS (
            SELECT FROM ledger.seen AS changed
            WHERE changed.entry IS NULL AND changed.commit_id = seen.commit_id AND changed.object = seen.object) AS so
        FROM ledger.seen
        WHERE entry IS NOT NULL AND entry NOT IN ('certificate.looked_again', 'request.needs_attention', 'hold.release_taken_back'))
    SELECT noun || ' was told of by ' || entry || ', and nothing changed'
    FROM told
    GROUP BY noun, entry
    HAVING bool_or(so) AND NOT bool_and(so)";

/// What a database on PostgreSQL saw.
pub struct Ledger {
    url: String,
    /// The database stays until it has been asked.
    _database: Option<Arc<Made>>,
}

impl Ledger {
    /// From now on a database on PostgreSQL keeps it.
    pub async fn of(database: &TestDatabase) -> Self {
        let mut connection = PgConnection::connect(&database.url).await.unwrap();
        sqlx::raw_sql(KEEP).execute(&mut connection).await.unwrap();
        for (table, noun) in NOUNS {
            let trigger = format!(
                "CREATE TRIGGER see_state AFTER INSERT OR UPDATE ON {table}
                 FOR EACH ROW EXECUTE FUNCTION ledger.see_state('{noun}')"
            );
            sqlx::raw_sql(AssertSqlSafe(trigger))
                .execute(&mut connection)
                .await
                .unwrap();
        }
        Self {
            url: database.url.clone(),
            _database: database.keep(),
        }
    }

    /// Every change of state had one entry, in its own commit.
    pub async fn assert_each_change_was_told_once(&self) {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        let mut wrong: Vec<String> = sqlx::query_scalar(WRONG)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let surplus: Vec<String> = sqlx::query_scalar(SURPLUS)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        wrong.extend(surplus);
        assert!(
            wrong.is_empty(),
            "not one entry for each change, in the same commit:\n{}",
            wrong.join("\n")
        );
    }
}
