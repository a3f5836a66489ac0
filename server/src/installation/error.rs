use std::io;

use sv_kernel::BoxError;

use crate::{adapters::AdapterError, shared::SharedError};

/// The folder is not that of one whole installation.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstallationError {
    /// Something that was there is not any more.
    #[error(
        "{part} of the data folder {folder} {found}, and it was in use: it was lost or emptied. Restore it from a backup; or, to go on without what it held: streamverse doctor --data-dir {folder} --accept-lost {part}"
    )]
    Lost {
        /// What it is.
        part: String,
        /// The folder.
        folder: String,
        /// What is there instead.
        found: &'static str,
    },
    /// Something belongs elsewhere.
    #[error(
        "{part} belongs to installation {found}, and the data folder {folder} to {id}: they do not go together. Restore the {part} of this installation; or, to go on without it: streamverse doctor --data-dir {folder} --accept-lost {part}"
    )]
    Foreign {
        /// What it is.
        part: String,
        /// The folder.
        folder: String,
        /// Whose it is.
        found: String,
        /// Whose the folder is.
        id: String,
    },
    /// A part lies where another one belongs.
    #[error(
        "what lies in the place of {part} in the data folder {folder} is {found} of this installation: the files were swapped or copied over each other. Put the right one back; or, to go on without it: streamverse doctor --data-dir {folder} --accept-lost {part}"
    )]
    Misplaced {
        /// What belongs there.
        part: String,
        /// The folder.
        folder: String,
        /// What lies there.
        found: String,
    },
    /// A secret without which something stored is of no use.
    #[error(
        "the secret {name} ({place}) {found}, and {service} has sealed {what} by it. Restore it from a backup; or, to give up {what}: streamverse doctor --data-dir {folder} --accept-lost {name}"
    )]
    Secret {
        /// The secret.
        name: &'static str,
        /// Where it lies.
        place: String,
        /// What is there instead.
        found: String,
        /// Whose tables need it.
        service: &'static str,
        /// What nobody can read without it.
        what: &'static str,
        /// The folder.
        folder: String,
    },
    /// What all processes share cannot be asked.
    #[error(transparent)]
    Shared(#[from] SharedError),
    /// The id of the folder is none.
    #[error(
        "{file} holds no id of an installation; restore it from a backup, or remove it and run: streamverse doctor --data-dir {folder} --accept-lost installation"
    )]
    NoId {
        /// The file.
        file: String,
        /// The folder.
        folder: String,
    },
    /// The database is another installation's than the folder.
    #[error(
        "the database belongs to installation {found}, and the data folder {folder} to {id}: give another folder by --data-dir (an empty one joins the database), or mend store.url"
    )]
    OtherDatabase {
        /// The folder.
        folder: String,
        /// Whose the database is.
        found: String,
        /// Whose the folder is.
        id: String,
    },
    /// The folder itself forgot whose it is.
    #[error(
        "{part} belongs to installation {found}, and the data folder {folder} does not say which it is: its folder `installation` is missing. Restore it from a backup; or, if everything else is there: streamverse doctor --data-dir {folder} --accept-lost installation"
    )]
    Forgotten {
        /// Something that is marked.
        part: String,
        /// The folder.
        folder: String,
        /// Whose it is.
        found: String,
    },
    /// The surroundings keep it from being opened; nothing is wrong with it.
    #[error("{part} of the data folder ({file}) cannot be opened now: {source}")]
    Hindered {
        /// What it is.
        part: String,
        /// Its file.
        file: String,
        /// Why.
        source: BoxError,
    },
    /// A look at something failed.
    #[error(
        "{part} of the data folder ({file}) cannot be read: {source}. Mend that, or restore it from a backup; or, to go on without what it held: streamverse doctor --data-dir {folder} --accept-lost {part}"
    )]
    Unreadable {
        /// What it is.
        part: String,
        /// Its file.
        file: String,
        /// The folder.
        folder: String,
        /// Why.
        source: BoxError,
    },
    /// The database does not say who it is.
    #[error("the database cannot be asked which installation it belongs to: {0}")]
    Database(#[from] sv_store::StoreError),
    /// The address of the tables cannot be read.
    #[error(transparent)]
    Adapter(#[from] AdapterError),
    /// The folder cannot be written.
    #[error("the data folder cannot be used: {0}")]
    Folder(#[from] io::Error),
    /// There is no such part.
    #[error("there is no part {0}; there are {1}")]
    NoPart(String, String),
    /// Somebody works on the folder.
    #[error("{0} runs on the data folder; stop it first")]
    Running(String),
}
