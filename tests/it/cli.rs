//! The command line as people and scripts use it: what every command prints, where it prints it, and
//! how it ends (0, 1 for what failed, 2 for what was not understood).

mod admin;
mod catalog;
mod certs;
mod config;
pub(crate) mod dead_letters;
mod doctor;
mod guide;
mod health;
mod help;
mod installation;
mod keys;
mod media;
mod migrate;
mod print;
mod run;
mod sandbox;
mod search;

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::harness::{Deployment, output, program};

/// A terminal: nothing of the surroundings is set, and the data folder is its own.
struct Desk {
    data: std::path::PathBuf,
    /// Files of the person at the terminal.
    files: tempfile::TempDir,
    env: Vec<(String, String)>,
}

impl Desk {
    fn new() -> Self {
        let files = tempfile::tempdir().unwrap();
        Self {
            data: files.path().join("data"),
            files,
            env: Vec::new(),
        }
    }

    /// Sits down at a stopped installation that holds nothing yet.
    fn installed() -> Self {
        let desk = Self::new();
        desk.run(&["migrate"]).ok();
        desk
    }

    /// Sits down at the machine of a running installation.
    fn at(deployment: &Deployment) -> Self {
        Self {
            data: deployment.data.path().to_owned(),
            ..Self::new()
        }
    }

    /// Sets a variable.
    fn with(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes a file and returns its path.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.files.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn data(&self) -> &str {
        self.data.to_str().unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(args)
            .current_dir(self.files.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("STREAMVERSE_SERVER__DATA_DIR", self.data())
            .envs(self.env.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    fn run(&self, args: &[&str]) -> Ended {
        Ended::of(&output(&mut self.command(args), None))
    }

    /// Runs a command and types into it.
    fn type_into(&self, args: &[&str], text: &str) -> Ended {
        Ended::of(&output(&mut self.command(args), Some(text)))
    }
}

/// How a command ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    out: String,
    errors: String,
}

impl Ended {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            code: output.status.code(),
            out: text(&output.stdout),
            errors: text(&output.stderr),
        }
    }

    /// Returns what a successful command printed; it complains of nothing.
    fn ok(self) -> String {
        assert_eq!((self.code, self.errors.as_str()), (Some(0), ""), "{self:?}");
        self.out
    }

    /// Returns the complaint of a command that failed; answers are not mixed with it.
    fn failed(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (Some(1), ""), "{self:?}");
        assert!(self.errors.starts_with("error: "), "{self:?}");
        self.errors
    }

    /// Returns the complaint about a command line that cannot be understood.
    fn misunderstood(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (Some(2), ""), "{self:?}");
        self.errors
    }
}

/// Returns a text of the repository.
fn repository(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(path).unwrap()
}
