//! `streamverse`: every service, or some of them, in one process; and the command line around them.

// An optimised build works out the layout of whole commands at once, each of which is a future that holds the start of
// services with their adapters: deeper than the 128 that the compiler goes by itself.
#![recursion_limit = "256"]

mod adapters;
mod cli;
mod clock;
mod commands;
mod config;
mod data_dir;
mod demo;
mod figures;
mod files;
mod host;
mod installation;
mod internal;
mod jobs;
mod listener;
mod mounts;
mod node;
mod operator;
mod ops;
mod peers;
mod ports;
mod presence;
mod reserve;
mod run;
mod sandbox;
mod secrets;
mod selection;
mod services;
mod shared;
mod test_clocks;
#[cfg(test)]
mod tests;
mod tls;

use std::process::ExitCode;

use clap::Parser as _;

// A server of many small answers: noticeably less processor time and memory than the default.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // Before there are threads, which would not be confined.
    if let cli::Command::SandboxExec(args) = &cli.command {
        commands::print_error(sandbox::exec(args).as_ref());
        return ExitCode::FAILURE;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(commands::dispatch(cli.command));
            // What still blocks a thread must not keep the process.
            runtime.shutdown_timeout(std::time::Duration::from_secs(1));
            outcome
        }
        Err(failure) => Err(failure.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            commands::print_error(failure.as_ref());
            ExitCode::FAILURE
        }
    }
}
