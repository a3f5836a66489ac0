//! The command line.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};

use sv_boot::dead_letters::DeadLetterId;
use sv_kernel::{Tenant, Timestamp};

use crate::{
    commands::EdgeArgs,
    config::{Place, listen_address},
    sandbox::SandboxArgs,
    selection,
};

/// StreamVerse: a TV and video streaming backend in one binary.
#[derive(Debug, Parser)]
#[command(
    name = "streamverse",
    version,
    max_term_width = 100,
    after_help = "Start here:\n  \
        streamverse run --demo    everything in one process, with demonstration titles\n  \
        streamverse doctor        what this machine lacks"
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs all services, or some of them, until SIGTERM.
    Run(RunArgs),
    /// Puts REST/JSON, gRPC and grpc-web in front of any annotated gRPC services, by their descriptor set.
    Edge(Box<EdgeArgs>),
    /// Brings in titles, media or guides, into a stopped data folder or a running server.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Manages administrators.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Brings the tables of all services, or of some, up to date.
    Migrate(MigrateArgs),
    /// Manages the search index.
    #[command(subcommand)]
    Search(SearchCommand),
    /// Manages events that the bus refused for good, and records that a consumer gave up.
    #[command(subcommand)]
    DeadLetters(DeadLettersCommand),
    /// Makes the secrets of a cluster, and changes the keys that sign access tokens.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Makes certificates for a developer's machine.
    #[command(subcommand)]
    Certs(CertsCommand),
    /// Shows or checks the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Shows who may call what.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Prints the OpenAPI document of the REST surface.
    Openapi,
    /// Checks what this machine and configuration need, and says what to mend.
    Doctor {
        /// Goes on without a part of the data folder that was lost: the name of a service, `bus`, `index`,
        /// `installation`, `password-pepper`, `profile-pins` or `webhook-secrets`. What is left of it is put aside
        #[arg(long, value_name = "PART")]
        accept_lost: Option<String>,
        /// Prints what is found as JSON, each check with `ok`, `warn` or `fail`
        #[arg(long)]
        json: bool,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
    /// Asks the process on this machine whether it is ready; for health checks of containers.
    Health {
        /// The operators' port to ask [default: what the configuration says]
        #[arg(long, value_name = "ADDR", value_parser = listen_address)]
        ops_listen: Option<SocketAddr>,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
    /// Confines this process and becomes another program; how an import runs ffmpeg.
    #[command(hide = true)]
    SandboxExec(SandboxArgs),
}

/// Options of `run`.
#[derive(Args, Clone, Debug)]
pub(crate) struct RunArgs {
    /// Which services
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = selection::known, help = selection::help())]
    pub services: Vec<String>,
    /// Address of the public port, or of the gRPC port where the edge is not among the services
    /// [default: 127.0.0.1:3000]
    #[arg(long, value_name = "ADDR", value_parser = listen_address)]
    pub listen: Option<SocketAddr>,
    /// Address of the operators' port: health, readiness, metrics, reflection
    /// [default: 127.0.0.1:9464]
    #[arg(long, value_name = "ADDR", value_parser = listen_address)]
    pub ops_listen: Option<SocketAddr>,
    /// Where data and configuration are
    #[command(flatten)]
    pub place: Place,
    /// Fills an empty data folder with demonstration titles and clips
    #[arg(long)]
    pub demo: bool,
}

/// What can be brought in.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Imports films from a JSON file; repeating it changes nothing.
    #[command(after_help = known_columns())]
    Catalog {
        /// The file: a JSON array of films, an object with one, or one film a line; as it is or gzip
        file: PathBuf,
        /// Says what would happen, and does nothing
        #[arg(long)]
        dry_run: bool,
        /// How the report is printed
        #[arg(
            long,
            value_name = "text|json",
            value_enum,
            default_value_t,
            hide_possible_values = true
        )]
        output: Output,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
    /// Uploads a guide of channels: XMLTV, JSON or CSV, as it is or packed with gzip or xz.
    Guide {
        /// The file; docs/guides.md describes it
        file: PathBuf,
        /// The zone of times that say none, e.g. `Europe/Oslo` [default: UTC]
        #[arg(
            long,
            value_name = "ZONE",
            default_value = "",
            hide_default_value = true
        )]
        time_zone: String,
        /// Says what would happen, and does nothing
        #[arg(long)]
        dry_run: bool,
        /// How the report is printed
        #[arg(
            long,
            value_name = "text|json",
            value_enum,
            default_value_t,
            hide_possible_values = true
        )]
        output: Output,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
    /// Packages a video file for playback and makes it the media of a title.
    Media {
        /// The video file
        file: PathBuf,
        /// The title's id
        #[arg(long, value_name = "ID")]
        content: String,
        /// Looks into the file and for the title, and does nothing
        #[arg(long)]
        dry_run: bool,
        /// How the report is printed
        #[arg(
            long,
            value_name = "text|json",
            value_enum,
            default_value_t,
            hide_possible_values = true
        )]
        output: Output,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
}

/// Says of `import catalog` which columns it reads.
fn known_columns() -> String {
    let known: Vec<_> = sv_content::import::known_columns().collect();
    format!(
        "Columns of a film: {}. Only the first is needed; names are read in any case and however \
         their words are joined. docs/catalogues.md says what each holds.",
        known.join(", ")
    )
}

/// What can be done about administrators.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Makes an administrator; an account that is there keeps no password that is not given here.
    Create {
        /// The address that signs in
        #[arg(long)]
        email: String,
        /// The person's name
        #[arg(long, default_value = "Administrator")]
        name: String,
        /// Reads the password from this file instead of asking for it; `-` is standard input
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        /// Where the address has an account, sets its password and ends its sessions, without asking
        #[arg(long)]
        replace_password: bool,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
    /// Makes an account that is there an administrator, with the password that it has.
    Grant {
        /// The address that signs in
        #[arg(long)]
        email: String,
        /// Says that the password stays: whoever registered the address knows it
        #[arg(long, required = true)]
        keep_password: bool,
        /// Does not ask whether the account is the right one
        #[arg(long)]
        yes: bool,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
    /// Shows the clock of a tenant, or puts it on, so that what takes months is seen at once; in the development profile.
    #[command(
        after_help = "A clock only goes forward, by at most 92 days at once and ten years in all: what is due on the \
        way (renewals, payments, ends of rentals) is done step by step, as if the time had passed, and stays done. In \
        production there is no such clock."
    )]
    Clock {
        /// Whose clock; those of other tenants stay as they are
        #[arg(long, default_value = "default", value_parser = Tenant::parse)]
        tenant: Tenant,
        /// What it is to show, e.g. 2026-12-24T20:00:00Z
        #[arg(long, value_name = "TIME", value_parser = crate::commands::time, conflicts_with = "by")]
        to: Option<Timestamp>,
        /// How much later it is to be: a number with s, m, h or d behind it, e.g. 31d
        #[arg(long, value_name = "SPAN", value_parser = crate::commands::span)]
        by: Option<Duration>,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
    /// Lets an account that was blocked sign in again: for administrators who have shut each other out.
    Unblock {
        /// The address that signs in
        #[arg(long)]
        email: String,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
}

/// Options of `migrate`.
#[derive(Args, Debug)]
pub(crate) struct MigrateArgs {
    /// Which services
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = selection::known, help = selection::help())]
    pub services: Vec<String>,
    /// Lists what would be done, and does nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Where data and configuration are
    #[command(flatten)]
    pub place: Place,
}

/// What can be done about the search index.
#[derive(Debug, Subcommand)]
pub(crate) enum SearchCommand {
    /// Builds the index anew from the catalogue, while the old one serves.
    Rebuild(Place),
}

/// What can be done about dead letters.
#[derive(Debug, Subcommand)]
pub(crate) enum DeadLettersCommand {
    /// Lists the events that the bus refused for good and the records that consumers gave up, with their causes.
    List {
        /// Which of them
        #[command(flatten)]
        filter: Filter,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
    /// Shows a dead letter with what it says, as JSON without its secrets.
    Show {
        /// Its id, as `dead-letters list` prints it
        #[arg(value_name = "ID")]
        id: DeadLetterId,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
    /// Has dead letters tried again: an event is published anew, a record goes to the group that gave it up.
    Replay(Chosen),
    /// Drops dead letters: what they would have changed stays as it is.
    Drop(Chosen),
}

/// Which dead letters are meant, by what they have in common.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Those in the outbox of a service
    #[arg(long, value_name = "NAME", conflicts_with = "group")]
    pub service: Option<String>,
    /// Those of a topic
    #[arg(long, value_name = "NAME")]
    pub topic: Option<String>,
    /// Those that a group of consumers gave up
    #[arg(long, value_name = "NAME")]
    pub group: Option<String>,
}

/// Which of them.
#[derive(Args, Debug)]
pub(crate) struct Chosen {
    /// Their ids, as `dead-letters list` prints them
    #[arg(value_name = "ID", required_unless_present_any = ["all", "service", "topic", "group"],
        conflicts_with_all = ["service", "topic", "group"])]
    pub ids: Vec<DeadLetterId>,
    /// All of them
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,
    /// Which of them
    #[command(flatten)]
    pub filter: Filter,
    /// Where data and configuration are
    #[command(flatten)]
    pub place: Place,
}

/// What can be done about keys and secrets.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Makes the secrets that a cluster hands out, as files, and prints the Secret that holds them. Before the first
    /// start only: passwords stay bound to their pepper. A file that is there is kept.
    Generate {
        /// The folder of the files, one a secret; keep it apart from the backups of the tables
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// The name of the Secret, for the chart's `existingSecret`
        #[arg(long, value_name = "NAME", default_value = "streamverse-secrets", value_parser = object_name)]
        secret: String,
        /// Its namespace [default: that of `kubectl apply`]
        #[arg(long, value_name = "NAME", value_parser = object_name)]
        namespace: Option<String>,
    },
    /// Lists the keys that sign and verify access tokens, the oldest first.
    List(Place),
    /// Has the next key sign access tokens from now on; tokens of the last one hold until they end.
    Rotate(Place),
    /// Takes away a key that signs no more.
    Retire {
        /// Its name, as `keys list` prints it
        #[arg(value_name = "KID")]
        kid: String,
        /// Even while its tokens run: they hold no longer, and clients refresh them
        #[arg(long)]
        end_tokens: bool,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
}

/// Reads the name of an object of Kubernetes (RFC 1123, as of labels).
fn object_name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let sound = (1..=63).contains(&text.len())
        && text.chars().all(fits)
        && !text.starts_with('-')
        && !text.ends_with('-');
    if sound {
        Ok(text.to_owned())
    } else {
        Err("a name has small letters, digits and hyphens within, 63 at most".to_owned())
    }
}

/// What can be done about certificates.
#[derive(Debug, Subcommand)]
pub(crate) enum CertsCommand {
    /// Makes an authority, where the folder has none, and a certificate of it for this machine: `ca.crt`, `ca.key`,
    /// `tls.crt`, `tls.key`. Repeating it renews the certificate, which a running server takes up by itself.
    Dev {
        /// The folder of the files
        #[arg(long, value_name = "DIR", default_value = "certs")]
        dir: PathBuf,
        /// A host name or address besides `localhost`, `127.0.0.1` and `::1`, e.g. `tv.test`; may be given several times
        #[arg(long, value_name = "NAME")]
        name: Vec<String>,
    },
}

/// What can be done about the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Prints every setting with its origin, as a file that can be used again.
    Print {
        /// Prints secrets instead of masks
        #[arg(long)]
        with_secrets: bool,
        /// Where data and configuration are
        #[command(flatten)]
        place: Place,
    },
    /// Says whether a server can start with the configuration, and what production refuses.
    Check(Place),
}

/// What can be shown of the policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Prints the authorization matrix: each RPC with each role.
    Matrix,
}

/// How a report is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    // For people.
    #[default]
    Text,
    // One JSON object.
    Json,
}
