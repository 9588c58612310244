//! The log in pages, the newest entries first.

use domain::id::EntryId;
use domain::port::reading::{Cursor, Line, LogFilter, Page};
use domain::port::store::StoreError;
use sqlx::FromRow;

use super::query::{Query, page_size};
use crate::log::{EntryRow, unsigned};
use crate::row::moment;
use crate::transaction::Transaction;

/// What stands before the conditions.
const LINES: &str = "
    SELECT entry.serial, leaf.position, entry.id, entry.bytes, CAST(details.document AS TEXT) AS details
    FROM log_entries AS entry
    LEFT JOIN log_details AS details ON details.entry = entry.serial
    LEFT JOIN log_leaves AS leaf ON leaf.entry = entry.serial";

#[derive(FromRow)]
struct LineRow {
    serial: i64,
    position: Option<i64>,
    #[sqlx(flatten)]
    entry: EntryRow,
}

impl LineRow {
    fn read(self) -> Result<Line, StoreError> {
        let index = self
            .position
            .map(|position| unsigned("log_leaves", "position", position));
        Ok(Line {
            cursor: Cursor {
                due_on: None,
                serial: self.serial,
            },
            index: index.transpose()?,
            entry: self.entry.read()?,
        })
    }
}

impl Transaction {
    pub(super) async fn lines_of(&mut self, filter: &LogFilter) -> Result<Page<Line>, StoreError> {
        self.write_entries().await?;
        let limit = page_size(filter.limit);
        let mut query = Query::new(LINES)
            .and_some("entry.object = ?", filter.object.clone())
            .and_some("entry.actor = ?", filter.actor.clone())
            .and_some("entry.at >= ?", filter.from.map(moment))
            .and_some("entry.at < ?", filter.until.map(moment))
            .and_some("entry.serial < ?", filter.after.map(|after| after.serial))
            .and_some("entry.serial > ?", filter.before.map(|before| before.serial));
        if let Some(kind) = filter.kind.as_deref().filter(|kind| !kind.is_empty()) {
            // Everything that begins so: kinds are ASCII, and `~` comes after all that they are written with.
            let kinds = [kind.into(), format!("{kind}~").into()];
            query = query.and("entry.kind >= ? AND entry.kind < ?", kinds);
        }
        let backwards = filter.before.is_some() && filter.after.is_none();
        let order = match backwards {
            true => "entry.serial",
            false => "entry.serial DESC",
        };
        let rows: Vec<LineRow> = query.page(order, limit).rows(self).await?;
        let more = rows.len() > limit as usize;
        let rows = rows.into_iter().take(limit as usize).map(LineRow::read);
        let mut lines: Vec<Line> = rows.collect::<Result<_, _>>()?;
        if backwards {
            lines.reverse();
        }
        // Whoever came back from an older page finds it again.
        let next = lines.last().map(|line| line.cursor).filter(|_| more || backwards);
        Ok(Page { rows: lines, next })
    }

    pub(super) async fn lines_about(
        &mut self,
        objects: &[String],
        limit: u32,
    ) -> Result<Vec<Line>, StoreError> {
        self.write_entries().await?;
        let limit = page_size(limit);
        let mut lines = Vec::new();
        // Fewer arguments than any engine takes.
        for objects in objects.chunks(500) {
            let query = Query::new(LINES).among("entry.object", objects);
            let rows: Vec<LineRow> = query.page("entry.serial DESC", limit).rows(self).await?;
            for row in rows {
                lines.push(row.read()?);
            }
        }
        lines.sort_by_key(|line| line.cursor.serial);
        Ok(lines.split_off(lines.len().saturating_sub(limit as usize)))
    }

    pub(super) async fn line_of(&mut self, entry: EntryId) -> Result<Option<Line>, StoreError> {
        self.write_entries().await?;
        let query = Query::new(LINES).and("entry.id = ?", [entry.uuid().into()]);
        let rows: Vec<LineRow> = query.page("entry.serial", 1).rows(self).await?;
        rows.into_iter().next().map(LineRow::read).transpose()
    }
}
