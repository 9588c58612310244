//! One SQL text, executed on the typed driver of the engine.

/// Does the same on the open transaction of either engine.
macro_rules! on {
    ($connection:expr, $conn:ident => $query:expr) => {
        match $connection {
            $crate::transaction::Connection::Sqlite(tx) => {
                let $conn = &mut **tx;
                $query
            }
            $crate::transaction::Connection::Postgres(tx) => {
                let $conn = &mut **tx;
                $query
            }
        }
    };
}

/// Executes a statement with its arguments; how many rows it changed.
macro_rules! execute {
    ($connection:expr, $sql:expr $(, $argument:expr)* $(,)?) => {
        on!($connection, conn => {
            sqlx::query($sql)$(.bind($argument))*.execute(conn).await.map(|done| done.rows_affected())
        })
    };
}

/// All rows of a query with its arguments.
macro_rules! fetch {
    ($connection:expr, $row:ty, $sql:expr $(, $argument:expr)* $(,)?) => {
        on!($connection, conn => sqlx::query_as::<_, $row>($sql)$(.bind($argument))*.fetch_all(conn).await)
    };
}

/// The SQL texts of a file, as constants, and all of them together for those who prepare them.
macro_rules! statements {
    ($($name:ident = $sql:literal;)+) => {
        $(pub(crate) const $name: &str = $sql;)+
        /// Every statement of this file by its name.
        pub(crate) const ALL: &[(&str, &str)] = &[$((concat!(module_path!(), "::", stringify!($name)), $name)),+];
    };
}
