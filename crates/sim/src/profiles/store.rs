//! The database: schema, migrations, one transaction per operation, ids.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Transaction, params};
use sha2::{Digest as _, Sha256};

use super::object_type::{self, Types};
use super::{Failure, Outcome, Settings};

/// Each step leads from the schema of its index to the next; `user_version` counts them.
const MIGRATIONS: [&str; 1] = ["
create table meta (name text primary key, value not null) without rowid;
create table object_type (
    name text primary key,
    definition text not null,
    created_at real not null,
    updated_at real not null
) without rowid;
create table profile (
    number integer primary key,
    id text not null unique,
    rank integer not null,
    fields text not null,
    -- Of its objects.
    bytes integer not null default 0
);
create table object (
    number integer primary key,
    profile integer not null references profile on delete cascade,
    type text not null,
    unique_key text not null,
    rank integer not null,
    -- The object that this one was mapped from, and goes with.
    source integer references object on delete cascade,
    body text not null,
    updated_at real not null,
    unique (type, unique_key)
);
create index object_of_profile on object (profile, type, rank);
create index object_of_source on object (source) where source is not null;
create trigger object_added after insert on object begin
    update profile set bytes = bytes + octet_length(new.body) where number = new.profile;
end;
create trigger object_changed after update of profile, body on object begin
    update profile set bytes = bytes - octet_length(old.body) where number = old.profile;
    update profile set bytes = bytes + octet_length(new.body) where number = new.profile;
end;
create trigger object_removed after delete on object begin
    update profile set bytes = bytes - octet_length(old.body) where number = old.profile;
end;
-- What profiles are found by: of their fields, of their objects, or added.
create table key (
    profile integer not null references profile on delete cascade,
    object integer references object on delete cascade,
    origin text not null check (origin in ('field', 'object', 'added')),
    name text not null,
    value text not null,
    shown text not null
);
create index key_by_value on key (name, value, profile);
create index key_of_profile on key (profile, origin);
create index key_of_object on key (object) where object is not null;
create table calculated_attribute (name text primary key, definition text not null) without rowid;
"];

/// Why a domain could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made.
    #[error("cannot make the folder {}", folder.display())]
    Folder {
        /// The folder asked for.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another simulator has it open.
    #[error("another simulator uses this store")]
    InUse,
    /// A later version of the simulator made it.
    #[error("the store has schema {found}, and this simulator knows {known}")]
    Newer {
        /// Its schema.
        found: usize,
        /// The newest known one.
        known: usize,
    },
    /// The database failed.
    #[error("the store cannot be opened")]
    Database(#[source] rusqlite::Error),
    /// What a domain always has could not be provided.
    #[error("the store cannot be prepared")]
    Prepare(#[source] crate::aws::ApiError),
}

/// The database of one domain.
#[derive(Debug)]
pub(super) struct Store {
    connection: Connection,
    /// The seed that the store was made with.
    seed: u64,
    /// The domain's object types, once they have been read.
    types: RefCell<Option<Arc<Types>>>,
}

/// A domain in the middle of one operation.
#[derive(Debug)]
pub(super) struct Domain<'a> {
    pub(super) rows: &'a Transaction<'a>,
    pub(super) settings: &'a Settings,
    pub(super) now: DateTime<Utc>,
    seed: u64,
    types: &'a RefCell<Option<Arc<Types>>>,
}

/// How much a domain holds.
#[derive(Debug)]
pub(super) struct Stats {
    pub(super) profiles: i64,
    pub(super) objects: i64,
    /// Bytes of profiles and objects.
    pub(super) bytes: i64,
    /// Epoch seconds.
    pub(super) created_at: f64,
    /// Epoch seconds.
    pub(super) updated_at: f64,
}

impl Store {
    pub(super) fn open(folder: Option<&Path>, settings: &Settings) -> Result<Self, OpenError> {
        let connection = match folder {
            None => Connection::open_in_memory(),
            Some(folder) => {
                std::fs::create_dir_all(folder).map_err(|source| OpenError::Folder {
                    folder: folder.to_owned(),
                    source,
                })?;
                Connection::open(folder.join("customer-profiles.sqlite3"))
            }
        };
        let database = |error: rusqlite::Error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::InUse,
            _ => OpenError::Database(error),
        };
        let mut connection = connection.map_err(database)?;
        connection.set_prepared_statement_cache_capacity(64);
        // Two simulators share nothing, so the first one keeps the file to itself.
        connection
            .execute_batch(
                "pragma locking_mode = exclusive;
                 pragma journal_mode = wal;
                 pragma synchronous = normal;
                 pragma foreign_keys = on;",
            )
            .map_err(database)?;
        migrate(&mut connection, database)?;
        let seed = kept_seed(&connection, settings.seed).map_err(database)?;
        Ok(Self {
            connection,
            seed,
            types: RefCell::default(),
        })
    }

    /// Does one operation: everything of it, or nothing.
    pub(super) fn transact<T, E: From<Failure>>(
        &mut self,
        settings: &Settings,
        now: DateTime<Utc>,
        work: impl FnOnce(&Domain<'_>) -> Outcome<T>,
    ) -> Result<T, E> {
        let done = self.attempt(settings, now, work);
        if done.is_err() {
            // What was read of the types may have been rolled back.
            self.types.take();
        }
        done.map_err(E::from)
    }

    fn attempt<T>(
        &mut self,
        settings: &Settings,
        now: DateTime<Utc>,
        work: impl FnOnce(&Domain<'_>) -> Outcome<T>,
    ) -> Outcome<T> {
        let rows = self.connection.transaction()?;
        let before = rows.total_changes();
        let domain = Domain {
            rows: &rows,
            settings,
            now,
            seed: self.seed,
            types: &self.types,
        };
        let done = work(&domain)?;
        if rows.total_changes() != before {
            domain.remember("updated_at", domain.epoch())?;
        }
        rows.commit()?;
        Ok(done)
    }
}

fn migrate(
    connection: &mut Connection,
    database: impl Fn(rusqlite::Error) -> OpenError,
) -> Result<(), OpenError> {
    let transaction = connection.transaction().map_err(&database)?;
    let found: u32 = transaction
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(&database)?;
    let found = usize::try_from(found).unwrap_or(usize::MAX);
    let known = MIGRATIONS.len();
    let Some(steps) = MIGRATIONS.get(found..) else {
        return Err(OpenError::Newer { found, known });
    };
    for step in steps {
        transaction.execute_batch(step).map_err(&database)?;
    }
    transaction
        .pragma_update(
            None,
            "user_version",
            u32::try_from(known).unwrap_or_default(),
        )
        .map_err(&database)?;
    transaction.commit().map_err(&database)
}

/// Ids must not repeat in a store that is opened again with another seed.
fn kept_seed(connection: &Connection, seed: u64) -> rusqlite::Result<u64> {
    let seed = i64::from_ne_bytes(seed.to_ne_bytes());
    connection.execute(
        "insert into meta values ('seed', ?1) on conflict do nothing",
        [seed],
    )?;
    let kept: i64 =
        connection.query_row("select value from meta where name = 'seed'", [], |row| {
            row.get(0)
        })?;
    Ok(u64::from_ne_bytes(kept.to_ne_bytes()))
}

impl Domain<'_> {
    /// The time, as replies carry it: epoch seconds.
    pub(super) fn epoch(&self) -> f64 {
        epoch(self.now)
    }

    /// The same operation at another time.
    pub(super) fn at(&self, now: DateTime<Utc>) -> Self {
        Self { now, ..*self }
    }

    /// The domain's object types.
    pub(super) fn types(&self) -> Outcome<Arc<Types>> {
        if let Some(types) = self.types.borrow().as_ref() {
            return Ok(Arc::clone(types));
        }
        let types = object_type::load(self)?;
        self.types.replace(Some(Arc::clone(&types)));
        Ok(types)
    }

    /// They have changed.
    pub(super) fn forget_types(&self) {
        self.types.take();
    }

    /// Something about the domain that outlasts the program.
    pub(super) fn recall<T: rusqlite::types::FromSql>(&self, name: &str) -> Outcome<Option<T>> {
        let mut found = self
            .rows
            .prepare_cached("select value from meta where name = ?1")?;
        Ok(found.query_row([name], |row| row.get(0)).optional()?)
    }

    pub(super) fn remember(&self, name: &str, value: impl rusqlite::ToSql) -> Outcome<()> {
        self.rows
            .prepare_cached(
                "insert into meta values (?1, ?2) on conflict do update set value = excluded.value",
            )?
            .execute(params![name, value])?;
        Ok(())
    }

    /// The next of the numbers that make ids: counted, so that equal runs have equal ids.
    pub(super) fn ordinal(&self) -> Outcome<i64> {
        let next = self.recall::<i64>("ordinal")?.unwrap_or_default() + 1;
        self.remember("ordinal", next)?;
        Ok(next)
    }

    /// 32 hexadecimal digits that depend on the seed and on nothing else but `parts`.
    pub(super) fn id(&self, parts: &[&str]) -> String {
        use std::fmt::Write as _;
        self.digest(parts)
            .iter()
            .take(16)
            .fold(String::new(), |mut id, byte| {
                // Writing into a string cannot fail.
                write!(id, "{byte:02x}").ok();
                id
            })
    }

    /// An object's key, in the shape that the service shows.
    pub(super) fn unique_key(&self, parts: &[&str]) -> String {
        BASE64.encode(self.digest(parts))
    }

    /// Where something stands in lists: anywhere, but always there.
    pub(super) fn rank(&self, parts: &[&str]) -> i64 {
        let folded = self
            .digest(parts)
            .iter()
            .take(8)
            .fold(0_u64, |rank, byte| (rank << 8) | u64::from(*byte));
        i64::try_from(folded >> 1).unwrap_or_default()
    }

    fn digest(&self, parts: &[&str]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        for part in parts {
            hash.update(u64::try_from(part.len()).unwrap_or_default().to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    pub(super) fn stats(&self) -> Outcome<Stats> {
        let created_at = self.recall("created_at")?.unwrap_or_default();
        let updated_at = self.recall("updated_at")?.unwrap_or(created_at);
        Ok(self.rows.query_row(
            "select count(*), (select count(*) from object),
                coalesce(sum(bytes + octet_length(fields)), 0) from profile",
            [],
            |row| {
                Ok(Stats {
                    profiles: row.get(0)?,
                    objects: row.get(1)?,
                    bytes: row.get(2)?,
                    created_at,
                    updated_at,
                })
            },
        )?)
    }
}

/// Epoch seconds with milliseconds behind the point, as REST-JSON writes instants.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 stay below 2^53 for 285,000 years"
)]
pub(super) fn epoch(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1000.0
}
