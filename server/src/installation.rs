//! Which installation a data folder belongs to, and whether all of it is there.
//!
//! The id lies in `installation/id`, in every database, in the event log and beside the search index;
//! databases and the log say, too, which part they are. `installation/parts/` names what was there
//! once. So a file that was emptied or lost is not taken for a new one, parts of two installations are
//! never mixed, and none is taken for another. On PostgreSQL the database says who it is, and an empty
//! folder joins it. Secrets that seal what tables hold are parts, too ([`seals`]).

mod error;
mod given_up;
pub(crate) mod seals;

use std::{
    fmt, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use futures::future::join_all;
use sv_kernel::BoxError;
use sv_ports::embedded;
use sv_rpc::Env;
use sv_store::{Db, DbConfig, Mark, StoreError, platform};

pub(crate) use self::{error::InstallationError, given_up::accept_lost};
use crate::{
    adapters::tables, config::Config, data_dir::DataDir, secrets, selection::Selection, services,
};

/// The part that the event log is.
pub(crate) const BUS: &str = "bus";
/// The part that the search index is.
pub(crate) const INDEX: &str = "index";
/// The part that the folder's own id is.
pub(crate) const ID: &str = "installation";

/// An installation, as a process on one of its folders knows it.
#[derive(Clone, Debug)]
pub(crate) struct Installation {
    id: String,
    folder: PathBuf,
    /// What lies in the folder.
    parts: Vec<&'static str>,
}

impl Installation {
    /// Finds out which installation a folder belongs to, or makes it a new one, and fails where
    /// something that the selected services need was lost, emptied or belongs elsewhere.
    pub(crate) async fn open(
        data: &DataDir,
        config: &Config,
        selection: &Selection,
        env: &Env,
    ) -> Result<Self, InstallationError> {
        let tables = tables(config, data.path())?;
        let folder = data.path().to_owned();
        let fresh = || env.ids.next::<Self>().uuid().to_string();
        let known = read_id(&folder)?;
        let id = match (&tables, known) {
            (DbConfig::Sqlite { .. }, Some(id)) => id,
            (DbConfig::Sqlite { .. }, None) => {
                let marked = any_mark(config, &folder).await?;
                // A process that starts beside this one may have made the id since.
                match (read_id(&folder)?, marked) {
                    (Some(id), _) => id,
                    (None, None) => make_id(&folder, &fresh())?,
                    (None, Some((part, found))) => {
                        return Err(InstallationError::Forgotten {
                            part,
                            folder: folder.display().to_string(),
                            found,
                        });
                    }
                }
            }
            (DbConfig::Postgres(_), known) => of_database(&tables, &folder, known, fresh()).await?,
        };
        let installation = Self {
            id,
            folder,
            parts: parts(config),
        };
        let needed = |part: &&str| selection.has(part) || matches!(*part, BUS | INDEX);
        let parts = installation.parts.iter().copied().filter(needed);
        // Side by side, since each waits for its file; judged in order, so that the first of several is named.
        let found = parts.map(|part| async move { (part, look(part, data.path()).await) });
        for (part, mark) in join_all(found).await {
            installation.judge(part, &mark?)?;
        }
        Ok(installation)
    }

    /// Returns the id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Returns the folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes a part as the installation's own from now on; `mark` is what it says once it is open.
    pub(crate) fn join(&self, part: &str, mark: &Mark) -> Result<(), InstallationError> {
        self.judge(part, mark)?;
        if !self.parts.contains(&part) {
            return Ok(());
        }
        let entry = entry(&self.folder, part);
        if let Some(parts) = entry.parent() {
            fs::create_dir_all(parts)?;
        }
        match fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(entry)
        {
            Err(failure) if failure.kind() != io::ErrorKind::AlreadyExists => Err(failure.into()),
            _ => Ok(()),
        }
    }

    /// Marks the search index as the installation's own.
    pub(crate) fn join_index(&self) -> Result<(), InstallationError> {
        let file = index_mark(&self.folder);
        match read(&file)? {
            Some(mark) if mark != self.id => Err(self.foreign(INDEX, &mark)),
            Some(_) => Ok(()),
            // Made just now, or by an older program: it is nobody's.
            None => Ok(write(&file, &self.id)?),
        }
    }

    /// Says whether a part is what the installation left there.
    fn judge(&self, part: &str, found: &Mark) -> Result<(), InstallationError> {
        let found = match found {
            Mark::Of { id, .. } if *id != self.id => return Err(self.foreign(part, id)),
            Mark::Of {
                part: Some(found), ..
            } if found != part => {
                return Err(InstallationError::Misplaced {
                    part: part.to_owned(),
                    folder: self.folder.display().to_string(),
                    found: found.clone(),
                });
            }
            Mark::Of { .. } => return Ok(()),
            // A process that was killed at its first start leaves such things.
            _ if !entry(&self.folder, part).exists() => return Ok(()),
            Mark::Missing => "is missing",
            Mark::Empty => "is empty",
            Mark::Unmarked => "was replaced by one that nobody has marked",
        };
        Err(InstallationError::Lost {
            part: part.to_owned(),
            folder: self.folder.display().to_string(),
            found,
        })
    }

    fn foreign(&self, part: &str, found: &str) -> InstallationError {
        InstallationError::Foreign {
            part: part.to_owned(),
            folder: self.folder.display().to_string(),
            found: found.to_owned(),
            id: self.id.clone(),
        }
    }
}

impl fmt::Display for Installation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

/// Looks whether a folder is that of one whole installation, and changes nothing. `None` where it is
/// new, or where the database knows better.
pub(crate) async fn inspect(
    data: &DataDir,
    config: &Config,
) -> Result<Option<Installation>, InstallationError> {
    let folder = data.path().to_owned();
    let Some(id) = read_id(&folder)? else {
        return match any_mark(config, &folder).await? {
            Some((part, found)) => Err(InstallationError::Forgotten {
                part,
                folder: folder.display().to_string(),
                found,
            }),
            None => Ok(None),
        };
    };
    let installation = Installation {
        id,
        folder,
        parts: parts(config),
    };
    for part in &installation.parts {
        installation.judge(part, &look(part, data.path()).await?)?;
    }
    seals::inspect(&installation, config).await?;
    Ok(Some(installation))
}

/// Lists the parts that lie in the folder.
fn parts(config: &Config) -> Vec<&'static str> {
    let mut parts = Vec::new();
    if matches!(tables(config, Path::new(".")), Ok(DbConfig::Sqlite { .. })) {
        parts.extend(services::names());
    }
    if config.bus.kafka_brokers.is_empty() {
        parts.push(BUS);
    }
    if config.index.opensearch_url.is_empty() {
        parts.push(INDEX);
    }
    parts
}

async fn look(part: &str, folder: &Path) -> Result<Mark, InstallationError> {
    let found: Result<Mark, BoxError> = match part {
        BUS => embedded::Bus::look(folder).await.map_err(Into::into),
        // It is made anew where it is missing: everything in it is somebody else's.
        INDEX => {
            let of = |id| Mark::Of { id, part: None };
            let mark = read(&index_mark(folder)).map(|id| id.map_or(Mark::Missing, of));
            mark.map_err(Into::into)
        }
        service => Db::look(folder, service).await.map_err(Into::into),
    };
    let file = match part {
        INDEX => index_mark(folder),
        part => folder.join(format!("{part}.db")),
    };
    found.map_err(|source| {
        let (part, file) = (part.to_owned(), file.display().to_string());
        let (hindered, source) = (is_hindered(&*source), sv_kernel::causes(&*source).into());
        if hindered {
            return InstallationError::Hindered { part, file, source };
        }
        InstallationError::Unreadable {
            part,
            file,
            folder: folder.display().to_string(),
            source,
        }
    })
}

/// Says whether a part would be read if there were room, or more files might be open: then nobody is to be
/// told how to go on without it.
fn is_hindered(failure: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(failure);
    while let Some(error) = next {
        if let Some(StoreError::Full(_) | StoreError::Files(_)) = error.downcast_ref() {
            return true;
        }
        next = error.source();
    }
    false
}

/// Finds something in a folder that says whose it is.
async fn any_mark(
    config: &Config,
    folder: &Path,
) -> Result<Option<(String, String)>, InstallationError> {
    for part in parts(config) {
        if let Mark::Of { id, .. } = look(part, folder).await? {
            return Ok(Some((part.to_owned(), id)));
        }
    }
    Ok(None)
}

/// Asks the database which installation it belongs to; a new one belongs to the folder's.
async fn of_database(
    tables: &DbConfig,
    folder: &Path,
    known: Option<String>,
    fresh: String,
) -> Result<String, InstallationError> {
    let database = Db::open(tables, platform::NAME, platform::MIGRATIONS).await?;
    let found = match database.mark(known.as_ref().unwrap_or(&fresh)).await? {
        Mark::Of { id, .. } => id,
        _ => fresh,
    };
    match known {
        Some(id) if id != found => Err(InstallationError::OtherDatabase {
            folder: folder.display().to_string(),
            found,
            id,
        }),
        Some(id) => Ok(id),
        None => Ok(make_id(folder, &found)?),
    }
}

fn id_file(folder: &Path) -> PathBuf {
    folder.join("installation").join("id")
}

fn entry(folder: &Path, part: &str) -> PathBuf {
    folder.join("installation").join("parts").join(part)
}

fn index_mark(folder: &Path) -> PathBuf {
    folder.join(INDEX).join("INSTALLATION")
}

/// Says whether a folder is that of an installation, and changes nothing.
pub(crate) fn is_begun(folder: &Path) -> bool {
    let tables = services::names().any(|name| folder.join(format!("{name}.db")).exists());
    tables || id_file(folder).exists()
}

fn read_id(folder: &Path) -> Result<Option<String>, InstallationError> {
    let file = id_file(folder);
    match read(&file)? {
        Some(id) if uuid::Uuid::parse_str(&id).is_err() => Err(InstallationError::NoId {
            file: file.display().to_string(),
            folder: folder.display().to_string(),
        }),
        id => Ok(id),
    }
}

/// Reads a file of one line; `None` where there is none, or nothing in it.
fn read(file: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(failure) => Err(secrets::named(file, &failure)),
    }
}

/// Gives a folder an id, unless another process was first, and returns the folder's id.
fn make_id(folder: &Path, id: &str) -> io::Result<String> {
    let file = id_file(folder);
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    let draft = file.with_extension(std::process::id().to_string());
    write(&draft, id)?;
    let linked = fs::hard_link(&draft, &file);
    fs::remove_file(&draft)?;
    match linked {
        Err(failure) if failure.kind() != io::ErrorKind::AlreadyExists => Err(failure),
        _ => Ok(read(&file)?.unwrap_or_else(|| id.to_owned())),
    }
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create(file)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}
