//! The way of one file from its first byte until its title plays it: an upload, which becomes an import.

use sv_kernel::Timestamp;
use sv_proto::streaming::ImportStage;
use uuid::Uuid;

use super::Note;

/// One file on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Its id, which is that of its upload.
    pub id: Uuid,
    /// The title.
    pub content: Uuid,
    /// Who uploads it.
    pub user: Uuid,
    /// As the uploader calls it.
    pub file_name: String,
    /// `Upload-Metadata` as it came.
    pub metadata: String,
    /// Bytes of the file.
    pub size: u64,
    /// Bytes that have arrived.
    pub arrived: u64,
    /// How far it is.
    pub progress: Progress,
    /// Which try it is.
    pub attempts: u32,
    /// Why its last try failed, or what a person should know.
    pub said: Said,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it ends unless something comes, or its file goes.
    pub expires_at: Timestamp,
    /// Whether its bytes are there, or may be.
    pub is_held: bool,
}

/// How far an import is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// What is being done.
    pub stage: ImportStage,
    /// How much of it is done, in thousandths.
    pub milli: u32,
    /// The quality that is packaged, as soon as it is known.
    pub quality: String,
}

/// What an import has to say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Why its last try failed.
    pub failure: Option<Note>,
    /// What became of the file.
    pub notes: Vec<Note>,
}

impl Said {
    /// Says why a try failed.
    pub const fn failed(why: Note) -> Self {
        Self {
            failure: Some(why),
            notes: Vec::new(),
        }
    }
}

impl Progress {
    /// Is the beginning of a stage.
    pub const fn at(stage: ImportStage) -> Self {
        Self {
            stage,
            milli: 0,
            quality: String::new(),
        }
    }
}

impl Import {
    /// Says whether nothing becomes of it any more, unless somebody tries it again.
    pub const fn is_over(&self) -> bool {
        matches!(
            self.progress.stage,
            ImportStage::Published
                | ImportStage::Failed
                | ImportStage::Cancelled
                | ImportStage::Expired
        )
    }

    /// Says whether its file is here and it waits for its turn or has it.
    pub const fn is_under_way(&self) -> bool {
        !self.is_over() && !matches!(self.progress.stage, ImportStage::Uploading)
    }

    /// Returns the folder of its bytes in the blob store.
    pub fn folder(tenant: &str, id: Uuid) -> String {
        format!("uploads/{tenant}/{id}/")
    }
}
