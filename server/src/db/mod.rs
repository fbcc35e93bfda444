//! Two engines behind one door. A store writes its SQL once; [`query!`] runs it on whichever engine is there.
//!
//! Reads take `&mut impl Access`, writes take `&mut Write`, so that a function that changes rows cannot be called
//! outside a transaction.

use std::{path::Path, str::FromStr, time::Duration};

use sqlx::{
    Postgres, Sqlite, Transaction,
    pool::PoolConnection,
    postgres::{PgConnection, PgPool, PgPoolOptions},
    sqlite::{
        SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
        SqliteSynchronous,
    },
};

/// A failure below the rules: the engine refused, or a row cannot be read back.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine or the way to it failed.
    #[error("{table}: {source}")]
    Engine {
        /// The table the statement was about.
        table: &'static str,
        /// What the engine said.
        source: sqlx::Error,
    },
    /// A stored value is not one the domain knows.
    #[error("{table}.{column} holds a value nobody wrote: {value}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The value.
        value: String,
    },
}

/// Names the table a failed statement was about.
pub trait On<T> {
    /// The same result with the table's name in its error.
    fn on(self, table: &'static str) -> Result<T, StoreError>;
}
impl<T> On<T> for Result<T, sqlx::Error> {
    fn on(self, table: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Engine { table, source })
    }
}

/// The database: SQLite in this process, or a PostgreSQL server.
#[derive(Clone)]
pub enum Db {
    /// Many readers, one writer: SQLite allows no second, and queueing for a connection is fairer than its busy timeout.
    Sqlite {
        /// Read-only connections.
        read: SqlitePool,
        /// The one that writes.
        write: SqlitePool,
    },
    /// A pool of alike connections.
    Postgres(PgPool),
}

/// A connection of either engine, borrowed for one statement.
pub enum Conn<'a> {
    /// SQLite.
    Sqlite(&'a mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'a mut PgConnection),
}

/// Anything statements can be run on.
pub trait Access: Send {
    /// The connection for the next statement.
    fn conn(&mut self) -> Conn<'_>;

    /// What is each engine's own.
    fn either<T>(&mut self, sqlite: T, postgres: T) -> T {
        match self.conn() {
            Conn::Sqlite(_) => sqlite,
            Conn::Postgres(_) => postgres,
        }
    }
}

/// A connection for single reads, each true at its own moment.
pub enum Read {
    /// SQLite.
    Sqlite(PoolConnection<Sqlite>),
    /// PostgreSQL.
    Postgres(PoolConnection<Postgres>),
}
impl Access for Read {
    fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(c) => Conn::Sqlite(c),
            Self::Postgres(c) => Conn::Postgres(c),
        }
    }
}

/// Reads that are all true at one moment.
pub struct Snapshot(Tx);
impl Access for Snapshot {
    fn conn(&mut self) -> Conn<'_> {
        self.0.conn()
    }
}

/// A transaction that may write; dropped without [`Write::commit`] it leaves no trace.
pub struct Write(Tx);
impl Access for Write {
    fn conn(&mut self) -> Conn<'_> {
        self.0.conn()
    }
}
impl Write {
    /// Makes everything since `begin` last.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        }
        .on("commit")
    }
}

enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}
impl Tx {
    fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(tx) => Conn::Sqlite(tx),
            Self::Postgres(tx) => Conn::Postgres(tx),
        }
    }
}

impl Db {
    /// Opens or makes the SQLite file.
    ///
    /// WAL with `synchronous = FULL`: a commit that was answered survives a power cut, not only a killed process.
    pub async fn sqlite(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .statement_cache_capacity(200)
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "memory");
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await
            .on("sqlite file")?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            // Each commit empties the readers' caches, and a large one takes long to empty.
            .connect_with(options.read_only(true).pragma("cache_size", "-8192"))
            .await
            .on("sqlite file")?;
        Ok(Self::Sqlite { read, write })
    }

    /// Connects to a PostgreSQL server.
    pub async fn postgres(url: &str) -> Result<Self, StoreError> {
        let options = sqlx::postgres::PgConnectOptions::from_str(url).on("DATABASE_URL")?;
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(10))
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .on("DATABASE_URL")?;
        Ok(Self::Postgres(pool))
    }

    /// Brings the tables up to date. Several processes may start at once: the migrator takes a lock.
    pub async fn migrate(&self) -> Result<(), sqlx::migrate::MigrateError> {
        match self {
            Self::Sqlite { write, .. } => sqlx::migrate!("../migrations/sqlite").run(write).await,
            Self::Postgres(pool) => sqlx::migrate!("../migrations/postgres").run(pool).await,
        }
    }

    /// A connection for single reads.
    pub async fn read(&self) -> Result<Read, StoreError> {
        Ok(match self {
            Self::Sqlite { read, .. } => Read::Sqlite(read.acquire().await.on("connection")?),
            Self::Postgres(pool) => Read::Postgres(pool.acquire().await.on("connection")?),
        })
    }

    /// Reads that are all true at one moment.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await.on("begin")?),
            Self::Postgres(pool) => Tx::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.on("begin")?,
            ),
        }))
    }

    /// A transaction that may write. On SQLite it takes the write lock at once: a read that turns into a write later
    /// would fail when another writer came between.
    pub async fn begin(&self) -> Result<Write, StoreError> {
        Ok(Write(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await.on("begin")?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await.on("begin")?),
        }))
    }

    /// Waits for running statements and closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A LIKE pattern, with the backslash as its escape, that finds the text anywhere.
pub fn containing(text: &str) -> String {
    let escaped = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    if escaped.is_empty() { "%".into() } else { format!("%{escaped}%") }
}

/// Runs one statement on whichever engine is there: `query!(db, fetch_optional as Row, SQL, bind, …)`, or
/// `query!(db, execute, SQL, bind, …)`, which gives the number of rows changed.
macro_rules! query {
    ($db:expr, execute, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $crate::db::Access::conn($db) {
            $crate::db::Conn::Sqlite(c) => {
                sqlx::query::<sqlx::Sqlite>($sql)$(.bind($bind))*.execute(c).await.map(|done| done.rows_affected())
            }
            $crate::db::Conn::Postgres(c) => {
                sqlx::query::<sqlx::Postgres>($sql)$(.bind($bind))*.execute(c).await.map(|done| done.rows_affected())
            }
        }
    };
    ($db:expr, $fetch:ident as $Row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $crate::db::Access::conn($db) {
            $crate::db::Conn::Sqlite(c) => {
                sqlx::query_as::<sqlx::Sqlite, $Row>($sql)$(.bind($bind))*.$fetch(c).await
            }
            $crate::db::Conn::Postgres(c) => {
                sqlx::query_as::<sqlx::Postgres, $Row>($sql)$(.bind($bind))*.$fetch(c).await
            }
        }
    };
}
pub(crate) use query;
