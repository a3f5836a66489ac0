//! What each command of the command line does.

mod admin;
mod certs;
mod config;
mod dead_letters;
mod doctor;
mod edge;
mod health;
mod import;
mod keys;
mod migrate;
mod policy;
mod print;
mod search;
mod test_clock;

use std::error::Error;

use sv_kernel::BoxError;

use crate::{
    cli::{
        AdminCommand, CertsCommand, Command, ConfigCommand, ImportCommand, PolicyCommand,
        SearchCommand,
    },
    run, sandbox,
};

pub(crate) use edge::EdgeArgs;
pub(crate) use print::{line, print_error};
pub(crate) use test_clock::{span, time};

/// Does what the command line asks for.
pub(crate) async fn dispatch(command: Command) -> Result<(), BoxError> {
    match command {
        Command::Run(args) => Box::pin(run::run(args)).await,
        Command::Edge(args) => Box::pin(edge::edge(*args)).await,
        Command::Import(ImportCommand::Catalog {
            file,
            dry_run,
            output,
            place,
        }) => Box::pin(import::catalog(&file, dry_run, output, &place)).await,
        Command::Import(ImportCommand::Guide {
            file,
            time_zone,
            dry_run,
            output,
            place,
        }) => Box::pin(import::guide(&file, time_zone, dry_run, output, &place)).await,
        Command::Import(ImportCommand::Media {
            file,
            content,
            dry_run,
            output,
            place,
        }) => Box::pin(import::media(&file, &content, dry_run, output, &place)).await,
        Command::Admin(AdminCommand::Create {
            email,
            name,
            password_file,
            replace_password,
            place,
        }) => {
            let wish = admin::Wish {
                email: &email,
                name: &name,
                replace_password,
            };
            Box::pin(admin::create(&wish, password_file.as_deref(), &place)).await
        }
        Command::Admin(AdminCommand::Grant {
            email,
            keep_password: _,
            yes,
            place,
        }) => Box::pin(admin::grant(&email, yes, &place)).await,
        Command::Admin(AdminCommand::Clock {
            tenant,
            to,
            by,
            place,
        }) => {
            let wish = test_clock::Wish { tenant, to, by };
            Box::pin(test_clock::clock(wish, &place)).await
        }
        Command::Admin(AdminCommand::Unblock { email, place }) => {
            Box::pin(admin::unblock(&email, &place)).await
        }
        Command::Migrate(args) => migrate::migrate(&args).await,
        Command::Search(SearchCommand::Rebuild(place)) => Box::pin(search::rebuild(&place)).await,
        Command::DeadLetters(command) => dead_letters::run(command).await,
        Command::Keys(command) => Box::pin(keys::keys(command)).await,
        Command::Certs(CertsCommand::Dev { dir, name }) => certs::dev(&dir, &name),
        Command::Config(ConfigCommand::Print {
            with_secrets,
            place,
        }) => config::print(&place, with_secrets),
        Command::Config(ConfigCommand::Check(place)) => config::check(&place),
        Command::Policy(PolicyCommand::Matrix) => policy::matrix(),
        Command::Openapi => openapi(),
        Command::Doctor {
            accept_lost,
            json,
            place,
        } => doctor::doctor(&place, accept_lost.as_deref(), json).await,
        Command::Health { ops_listen, place } => health::health(ops_listen, &place).await,
        // It has no need of what runs by now; `main` sees to it.
        Command::SandboxExec(args) => Err(sandbox::exec(&args)),
    }
}

/// Prints the document, which is written here: the committed one would be the largest thing in the program.
fn openapi() -> Result<(), BoxError> {
    let document = sv_rest::openapi::text(sv_proto::FILE_DESCRIPTOR_SET)?;
    line(&document);
    Ok(())
}

/// Lists an error and its causes, each once.
fn causes(failure: &(dyn Error + 'static)) -> Vec<String> {
    let mut all = vec![failure.to_string()];
    let mut at = failure.source();
    while let Some(cause) = at {
        let text = cause.to_string();
        if !all.last().is_some_and(|last| last.contains(&text)) {
            all.push(text);
        }
        at = cause.source();
    }
    all
}
