//! Whether an open database is still the one that lies at its path, and still this process' own.
//!
//! A file that was deleted or replaced goes on taking what is written to it, for as long as somebody has
//! it open; then everything is gone. So what is written is held against the path, and refused.

use std::{
    error, fmt, fs, io,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI32, Ordering},
    },
};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr, Statement, sqlx};

/// What SQLite has open beside the file, for as long as a connection is open.
const SIDES: [&str; 2] = ["-wal", "-shm"];

/// Which file it is, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

/// An open database and its path.
#[derive(Debug)]
pub(crate) struct Place {
    file: PathBuf,
    opened: Identity,
    /// What lies beside the file; unknown until something has been written.
    sides: Mutex<Option<[Identity; 2]>>,
    /// What this process has written into the file when it took it for itself; 0 if it has not.
    claim: AtomicI32,
}

/// What is written to a database would be lost, or is another process' affair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// There is no file at the path any more.
    Deleted(PathBuf),
    /// There is another one.
    Replaced(PathBuf),
    /// Another process has taken it for itself.
    Taken(PathBuf),
}

impl Place {
    /// Remembers what lies at a path, where it has just been opened.
    pub(crate) fn of(file: &Path) -> io::Result<Self> {
        Ok(Self {
            file: file.to_owned(),
            opened: Identity::of(file)?,
            sides: Mutex::default(),
            claim: AtomicI32::new(0),
        })
    }

    /// Fails where the file that was opened, or what lies beside it, is not at its path any more.
    pub(crate) fn check(&self) -> Result<(), Lost> {
        self.opened.is_at(&self.file)?;
        let known = *self.sides();
        for (identity, side) in known.into_iter().flatten().zip(SIDES) {
            identity.is_at(&self.beside(side))?;
        }
        Ok(())
    }

    /// Remembers what lies beside the file, once a connection has begun to write. For as long as any
    /// connection is open, `SQLite` removes none of it, and those that read stay open.
    pub(crate) fn begun(&self) -> Result<(), Lost> {
        if self.sides().is_none() {
            let mut found = [self.opened; 2];
            for (identity, side) in found.iter_mut().zip(SIDES) {
                let path = self.beside(side);
                *identity = Identity::of(&path).map_err(|_| Lost::Deleted(path))?;
            }
            *self.sides() = Some(found);
        }
        self.check()
    }

    /// Takes the database for this process.
    pub(crate) fn claimed(&self, claim: i32) {
        self.claim.store(claim, Ordering::SeqCst);
    }

    /// Fails where another process has taken the database since this one did.
    pub(crate) async fn is_ours(&self, tables: &impl ConnectionTrait) -> Result<(), DbErr> {
        if self.claim.load(Ordering::SeqCst) == 0 {
            return Ok(());
        }
        let ask = Statement::from_string(DbBackend::Sqlite, "PRAGMA user_version");
        let row = tables.query_one_raw(ask).await?;
        let found = row.map(|row| row.try_get_by::<i32, _>(0)).transpose()?;
        self.is_of(found.unwrap_or_default()).map_err(refused)
    }

    /// Fails where `found`, which the file says, is not what this process has written into it.
    pub(crate) fn is_of(&self, found: i32) -> Result<(), Lost> {
        let claim = self.claim.load(Ordering::SeqCst);
        if claim == 0 || claim == found {
            return Ok(());
        }
        Err(Lost::Taken(self.file.clone()))
    }

    fn beside(&self, side: &str) -> PathBuf {
        let mut path = self.file.clone().into_os_string();
        path.push(side);
        path.into()
    }

    fn sides(&self) -> std::sync::MutexGuard<'_, Option<[Identity; 2]>> {
        self.sides.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Identity {
    fn is_at(self, path: &Path) -> Result<(), Lost> {
        match Self::of(path) {
            Ok(found) if found == self => Ok(()),
            Ok(_) => Err(Lost::Replaced(path.to_owned())),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {
                Err(Lost::Deleted(path.to_owned()))
            }
            // Nobody can tell: SQLite finds out what is wrong with the folder or the disk.
            Err(_) => Ok(()),
        }
    }

    /// Asks without opening the file.
    fn of(file: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let found = fs::metadata(file)?;
        Ok(Self {
            device: found.dev(),
            inode: found.ino(),
        })
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rescue = "nothing more is written; what was is still in the open file: rescue it before the \
                      process ends (see \"A file that is lost\" in docs/operations/recovery.md)";
        match self {
            Self::Deleted(file) => write!(f, "{} was deleted: {rescue}", file.display()),
            Self::Replaced(file) => write!(f, "{} was replaced: {rescue}", file.display()),
            Self::Taken(file) => write!(
                f,
                "another process has taken {} for itself: nothing more is written here; stop one of them",
                file.display()
            ),
        }
    }
}

impl error::Error for Lost {}

impl From<Lost> for sqlx::Error {
    fn from(lost: Lost) -> Self {
        Self::Configuration(lost.into())
    }
}

/// Makes the error of a statement that is not run.
pub(crate) fn refused(lost: Lost) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(sqlx::Error::from(lost).into()))
}
