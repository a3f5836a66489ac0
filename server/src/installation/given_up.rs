//! Going on without a part that is lost.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sv_rpc::Env;

use super::{
    BUS, ID, INDEX, Installation, InstallationError, any_mark, entry, make_id, parts,
    seals::{self, Seal},
};
use crate::{config::Config, data_dir::DataDir, selection::EDGE, services};

/// Goes on without a part: what is left of it is put aside, and the next start makes a new one.
/// Returns where it was put.
pub(crate) async fn accept_lost(
    data: &DataDir,
    config: &Config,
    part: &str,
    env: &Env,
) -> Result<PathBuf, InstallationError> {
    let (parts, secrets) = (parts(config), seals::of(config));
    let secret = secrets.iter().find(|seal| seal.secret == part);
    if !parts.contains(&part) && secret.is_none() && part != ID {
        let secrets = secrets.iter().map(|seal| seal.secret);
        let known: Vec<&str> = parts.into_iter().chain(secrets).chain([ID]).collect();
        return Err(InstallationError::NoPart(part.to_owned(), known.join(", ")));
    }
    if let Some(running) = services::names()
        .chain([EDGE])
        .find(|name| data.is_locked(name))
    {
        return Err(InstallationError::Running(running.to_owned()));
    }
    let folder = data.path();
    let aside = folder
        .join("lost")
        .join(env.ids.next::<Installation>().uuid().to_string());
    fs::create_dir_all(&aside)?;
    if let Some(seal) = secret {
        give_up(seal, data, config, &aside, env).await?;
    } else if part == ID {
        if let Some((_, found)) = any_mark(config, folder).await? {
            make_id(folder, &found)?;
        }
    } else {
        // What an index had not taken up from a lost log is lost to it: it is built anew.
        let with: &[&str] = if part == BUS { &[BUS, INDEX] } else { &[part] };
        for part in with {
            put_aside(folder, part, &aside)?;
        }
    }
    Ok(aside)
}

fn put_aside(folder: &Path, part: &str, aside: &Path) -> io::Result<()> {
    let names = match part {
        INDEX => vec![INDEX.to_owned()],
        part => ["db", "db-wal", "db-shm"]
            .map(|end| format!("{part}.{end}"))
            .to_vec(),
    };
    for name in names {
        absent(fs::rename(folder.join(&name), aside.join(&name)))?;
    }
    absent(fs::remove_file(entry(folder, part)))
}

async fn give_up(
    seal: &Seal,
    data: &DataDir,
    config: &Config,
    aside: &Path,
    env: &Env,
) -> Result<(), InstallationError> {
    let file = crate::secrets::file(data.path(), seal.secret);
    absent(fs::rename(file, aside.join(seal.secret)))?;
    seals::break_seal(seal, data, config, env).await
}

fn absent(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
