//! Answers that go on, read as they come.

use std::{
    io::{BufRead as _, BufReader},
    time::Duration,
};

use serde_json::Value;
use ureq::BodyReader;

use super::Client;

/// A stream of server-sent events or lines, until it is dropped.
pub(crate) struct Flow {
    pub(crate) status: u16,
    reader: BufReader<BodyReader<'static>>,
}

/// A server-sent event.
#[derive(Debug, Default)]
pub(crate) struct Event {
    pub(crate) id: String,
    /// Its name; empty for a message.
    pub(crate) name: String,
    pub(crate) data: Value,
}

impl Flow {
    /// Opens a stream. It is read for a minute at most.
    pub(crate) fn open(client: &Client, path: &str, headers: &[(&str, &str)]) -> Self {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(1)))
            .build()
            .into();
        let mut request = agent.get(client.address(path));
        if let Some(token) = &client.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.call().expect("an answer");
        let status = response.status().as_u16();
        let reader = BufReader::new(response.into_body().into_reader());
        Self { status, reader }
    }

    /// Opens a stream of server-sent events, behind an event or from now on.
    pub(crate) fn events(client: &Client, path: &str, after: Option<&str>) -> Self {
        let accept = ("accept", "text/event-stream");
        match after {
            Some(id) => Self::open(client, path, &[accept, ("last-event-id", id)]),
            None => Self::open(client, path, &[accept]),
        }
    }

    /// Waits for the next line; `None` at the end.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self
            .reader
            .read_line(&mut line)
            .expect("a stream in one piece");
        (length > 0).then(|| line.trim_end_matches('\n').to_owned())
    }

    /// Waits for the next event; heartbeats are none. `None` at the end.
    pub(crate) fn event(&mut self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let line = self.line()?;
            match line.split_once(": ") {
                Some(("id", id)) => id.clone_into(&mut event.id),
                Some(("event", name)) => name.clone_into(&mut event.name),
                Some(("data", data)) => event.data = serde_json::from_str(data).expect("JSON"),
                _ if line.is_empty() && !event.data.is_null() => return Some(event),
                _ => {}
            }
        }
    }
}
