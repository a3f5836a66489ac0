//! Mails as files that any mail program opens, for development: nobody is sent anything.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use async_trait::async_trait;

use crate::{Mail, Mailer, PortError, PortResult, Sender};

/// The name of the port in errors.
const PORT: &str = "folder of mails";
/// The ending of its files.
const ENDING: &str = "eml";
/// The most files that are kept; the oldest go.
const MOST: usize = 1_000;

/// A folder that takes mails instead of people: a file `<name>.eml` each, for the owner only, because links in mails
/// open accounts.
#[derive(Clone, Debug)]
pub struct MailFolder {
    folder: PathBuf,
    from: Sender,
    most: usize,
}

impl MailFolder {
    /// Takes mails in a folder, which is made with the first of them.
    pub fn new(folder: &Path, from: Sender) -> Self {
        Self {
            folder: folder.to_owned(),
            from,
            most: MOST,
        }
    }

    fn make(&self) -> io::Result<()> {
        let mut made = fs::DirBuilder::new();
        made.recursive(true).mode(0o700).create(&self.folder)
    }

    fn write(&self, id: &str, bytes: &[u8]) -> io::Result<()> {
        self.make()?;
        let draft = self.folder.join(format!(".{id}.{}", std::process::id()));
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, self.folder.join(id).with_extension(ENDING))?;
        self.forget()
    }

    /// Deletes the oldest of too many.
    fn forget(&self) -> io::Result<()> {
        let mut mails = Vec::new();
        for file in fs::read_dir(&self.folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|ending| ending == ENDING) {
                let written = fs::metadata(&path).and_then(|file| file.modified());
                mails.push((written.unwrap_or(SystemTime::UNIX_EPOCH), path));
            }
        }
        mails.sort();
        let beyond = mails.len().saturating_sub(self.most);
        for (_, path) in &mails[..beyond] {
            match fs::remove_file(path) {
                Err(failure) if failure.kind() != io::ErrorKind::NotFound => return Err(failure),
                _ => {}
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Mailer for MailFolder {
    async fn send(&self, mail: &Mail) -> PortResult<()> {
        let bytes = mail.written_by(&self.from)?.formatted();
        let (folder, id) = (self.clone(), mail.id.clone());
        let written = tokio::task::spawn_blocking(move || folder.write(&id, &bytes));
        let written = written
            .await
            .map_err(|error| PortError::unavailable(PORT, error))?;
        written.map_err(|error| PortError::unavailable(PORT, error))
    }

    async fn check(&self) -> PortResult<()> {
        self.make()
            .map_err(|error| PortError::unavailable(PORT, error))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::conformance::mail::{Stand, mail};

    async fn stand() -> Stand {
        let folder = tempfile::tempdir().unwrap();
        let mailer = MailFolder::new(folder.path(), Stand::sender());
        Stand {
            mailer: Arc::new(mailer),
            sent: Box::new(move |id| {
                let file = folder.path().join(id).with_extension(ENDING);
                Box::pin(async move { fs::read(file).ok().into_iter().collect() })
            }),
        }
    }

    crate::mail_suite!(stand);

    #[tokio::test]
    async fn mails_are_for_the_owner_and_the_oldest_go() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("mail");
        let mailer = MailFolder {
            most: 2,
            ..MailFolder::new(&inside, Stand::sender())
        };
        for n in 0..4 {
            let one = Mail {
                id: format!("mail-{n}"),
                ..mail()
            };
            mailer.send(&one).await.unwrap();
        }
        let mut left: Vec<_> = fs::read_dir(&inside)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["mail-2.eml", "mail-3.eml"]);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&inside), 0o700);
        assert_eq!(mode(&inside.join("mail-3.eml")), 0o600);
    }
}
