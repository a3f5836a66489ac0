//! The event log, read from outside.

use std::path::Path;

use prost::Message as _;
use sea_orm::{
    ConnectionTrait as _, Database, DatabaseConnection, DbBackend, QueryResult, Statement,
};
use sv_proto::content::ContentChanged;

/// A change of a film, as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// Knows the event again where the log repeats it.
    pub(super) id: String,
    /// The film's id.
    pub(super) film: String,
    /// The film's version after the change.
    pub(super) version: i64,
    /// The film's title after the change; `None` where it was deleted.
    pub(super) title: Option<String>,
}

impl Event {
    /// Reads an event of its parts on the wire.
    pub(super) fn of_wire(film: String, version: &str, id: &str, payload: Option<&[u8]>) -> Self {
        let title = payload.map(|payload| {
            let changed = ContentChanged::decode(payload).expect("an event of content");
            assert_eq!(changed.content_id, film, "an event is filed under its film");
            changed.content.expect("the film after the change").title
        });
        Self {
            id: id.to_owned(),
            film,
            version: version.parse().expect("a version"),
            title,
        }
    }
}

/// Reads the embedded log of a data folder, partition by partition.
pub(super) fn embedded(folder: &Path) -> Vec<Event> {
    let select = r#"SELECT key, headers ->> 'version', headers ->> 'event-id', payload
        FROM records WHERE topic = 'content.changed' ORDER BY partition, "offset""#;
    let rows = with_tables(folder, "bus", async |database| {
        let select = Statement::from_string(DbBackend::Sqlite, select);
        database.query_all_raw(select).await.unwrap()
    });
    let event = |row: QueryResult| {
        let text = |column| row.try_get_by::<String, usize>(column).unwrap();
        let payload: Option<Vec<u8>> = row.try_get_by(3).unwrap();
        Event::of_wire(text(0), &text(1), &text(2), payload.as_deref())
    };
    rows.into_iter().map(event).collect()
}

/// Reads Kafka's log, partition by partition.
#[cfg(feature = "test-faults")]
pub(super) fn kafka(brokers: &str) -> Vec<Event> {
    let output = std::process::Command::new("kcat")
        .args(["-C", "-q", "-e", "-o", "beginning"])
        .args(["-b", brokers, "-t", "content.changed"])
        .args(["-f", r"%k\t%h\t%S\n%s\n"])
        .output()
        .expect("kcat runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "kcat: {said}");
    let (mut rest, mut events) = (output.stdout.as_slice(), Vec::new());
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let head = std::str::from_utf8(&rest[..end]).unwrap();
        let mut parts = head.split('\t');
        let mut part = || parts.next().unwrap();
        let (film, headers, size) = (part(), part(), part());
        let header = |name: &str| {
            let of_name = |header: &str| {
                header
                    .strip_prefix(name)?
                    .strip_prefix('=')
                    .map(str::to_owned)
            };
            headers.split(',').find_map(of_name).unwrap()
        };
        // A tombstone has the size -1.
        let size = usize::try_from(size.parse::<isize>().unwrap()).ok();
        let payload = size.map(|size| &rest[end + 1..][..size]);
        events.push(Event::of_wire(
            film.to_owned(),
            &header("version"),
            &header("event-id"),
            payload,
        ));
        rest = &rest[end + 1 + size.unwrap_or(0) + 1..];
    }
    events
}

/// Works on an SQLite file of a data folder, past the program.
pub(crate) fn with_tables<T>(
    folder: &Path,
    name: &str,
    work: impl AsyncFnOnce(DatabaseConnection) -> T,
) -> T {
    let file = folder.join(format!("{name}.db"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let address = format!("sqlite://{}?mode=rw", file.display());
        let database = Database::connect(address).await.unwrap();
        let done = work(database.clone()).await;
        database.close().await.unwrap();
        done
    })
}
