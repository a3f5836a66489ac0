//! `keys generate`: secrets as files, and the Secret of Kubernetes that holds them.
//!
//! They are made where they stay: templates of the chart would make others with every upgrade. A file that is there
//! is taken as it is, so the command can be repeated.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use sv_kernel::BoxError;
use sv_rpc::Env;

use crate::secrets::named;

/// The files, which are the keys of the Secret, with the setting that takes each and the chart's value that names it.
const FILES: [(&str, &str, &str); 2] = [
    ("pepper", "auth.pepper", "secrets.pepper"),
    ("live", "streaming.live_secret", "secrets.live"),
];
/// Random bytes of each; twice as many digits are written.
const LENGTH: usize = 32;

/// Makes the files that are missing and prints the Secret.
pub(super) fn generate(
    folder: &Path,
    secret: &str,
    namespace: Option<&str>,
) -> Result<(), BoxError> {
    let env = Env::system();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder
        .create(folder)
        .map_err(|failure| named(folder, &failure))?;
    let mut notes = String::new();
    let mut text = format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: {secret}\n");
    if let Some(namespace) = namespace {
        let _ = writeln!(text, "  namespace: {namespace}");
    }
    text.push_str("type: Opaque\nstringData:\n");
    for (name, setting, value) in FILES {
        let path = folder.join(name);
        let (kept, made) = held(&path, &env)?;
        let told = if made { "made" } else { "kept" };
        let _ = writeln!(
            notes,
            "# {} was {told}: {setting}, which the chart takes by {value}.existingSecret={secret}",
            path.display()
        );
        let _ = writeln!(text, "  {name}: {}", serde_json::to_string(&kept)?);
    }
    super::super::line(&format!("{notes}{}", text.trim_end()));
    Ok(())
}

/// Returns the text of a file, and whether it was made now.
fn held(path: &Path, env: &Env) -> Result<(String, bool), BoxError> {
    match fs::read_to_string(path) {
        Ok(text) => {
            let mode = fs::metadata(path)?.permissions().mode();
            if mode & 0o077 != 0 {
                let path = path.display();
                return Err(format!(
                    "{path} must be readable by its owner only; run chmod 600 on it"
                )
                .into());
            }
            let text = text.trim_end_matches(['\r', '\n']);
            if !(32..=1_024).contains(&text.len()) || text.chars().any(char::is_control) {
                let path = path.display();
                return Err(format!("{path} is no secret of 32 to 1024 characters on one line; restore it, or remove it").into());
            }
            Ok((text.to_owned(), false))
        }
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => {
            let mut bytes = [0; LENGTH];
            env.entropy.fill(&mut bytes);
            let text = hex::encode(bytes);
            write(path, &text).map_err(|failure| named(path, &failure))?;
            Ok((text, true))
        }
        Err(failure) => Err(named(path, &failure).into()),
    }
}

/// Writes a file that is not there, whole or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_extension(std::process::id().to_string());
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // Linking fails where somebody else was first, whose secret must not be lost.
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    linked
}
