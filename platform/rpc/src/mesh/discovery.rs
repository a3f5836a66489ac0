//! `run/<service>.json`: where the services of one machine announce themselves.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

/// What a running service says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// The service, e.g. `auth`.
    pub service: String,
    /// Its gRPC address, e.g. `http://127.0.0.1:9091`.
    pub url: String,
    /// The process that serves it.
    pub pid: u32,
}

impl Announcement {
    /// Writes the announcement into the folder `run`; readers never see half of it.
    pub fn publish(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let draft = folder.join(format!(".{}.{}.json", self.service, self.pid));
        fs::write(&draft, serde_json::to_vec(self)?)?;
        fs::rename(&draft, folder.join(format!("{}.json", self.service)))
    }

    /// Takes the announcement back, unless another process has taken its place.
    pub fn withdraw(&self, folder: &Path) -> io::Result<()> {
        match Self::read(folder, &self.service) {
            Some(current) if current == *self => {
                fs::remove_file(folder.join(format!("{}.json", self.service)))
            }
            _ => Ok(()),
        }
    }

    /// Reads a service's announcement, if there is a readable one.
    pub fn read(folder: &Path, service: &str) -> Option<Self> {
        let text = fs::read(folder.join(format!("{service}.json"))).ok()?;
        serde_json::from_slice(&text).ok()
    }
}
