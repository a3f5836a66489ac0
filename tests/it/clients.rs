//! Programs that nobody here wrote, as clients of the real program: grpcurl, buf, grpc-web libraries
//! in a browser, and a client generated from the OpenAPI document (feature `test-clients`).

mod grpc_web;
mod grpcurl;
mod h2spec;
mod openapi;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::harness::{Client, Deployment};

/// Returns a path of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Starts the program with the demonstration's films, and waits until they are there.
fn with_films(env: &[(&str, String)]) -> Deployment {
    let demo = [("STREAMVERSE_SERVER__DEMO", "true".to_owned())];
    let deployment = Deployment::start(&["all"], &[&demo[..], env].concat());
    let mut scout = Client::new(&deployment.edge);
    scout.register("scout@example.org");
    scout.until("/ondemand/movies?pageSize=3", |answer| {
        answer.data(200)["items"].as_array().map(Vec::len) == Some(3)
    });
    deployment
}

/// What a program printed, and whether it succeeded.
#[derive(Debug)]
struct Ran {
    success: bool,
    out: String,
    errors: String,
}

impl Ran {
    /// Runs a program in a folder of the repository.
    fn of(program: impl AsRef<Path>, folder: &str, args: &[&str]) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        let output = command.current_dir(repository(folder)).args(args).output();
        let output = output.unwrap_or_else(|cause| panic!("{}: {cause}", program.display()));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            success: output.status.success(),
            out: text(&output.stdout),
            errors: text(&output.stderr),
        }
    }

    /// Returns what it printed; fails unless it succeeded.
    fn ok(self) -> String {
        assert!(self.success, "{}{}", self.out, self.errors);
        self.out
    }
}
