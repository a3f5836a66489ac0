//! Servers that answer as they are told; with `test-smtp` the suite of all mailers on a real one, which needs
//! `SMTP_URL` and `SMTP_SINK_API`.

use std::sync::{Arc, Mutex};

use sv_kernel::causes;
use sv_ports::{
    Mailer as _, PortError,
    conformance::mail::{Stand, mail},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use super::SmtpMailer;

/// A server that answers some commands as it is told, and the others as any server does; it keeps what it is told.
struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn saying(hello: &'static str, answers: &'static [(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hears = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, hello, answers, hears.clone()));
            }
        });
        Self { port, heard }
    }

    fn mailer(&self, user: &str, options: &str) -> SmtpMailer {
        let url = format!("smtp://{user}127.0.0.1:{}{options}", self.port);
        SmtpMailer::new(&url, Stand::sender()).unwrap()
    }

    fn heard(&self, command: &str) -> usize {
        let heard = self.heard.lock().unwrap();
        heard
            .iter()
            .filter(|line| line.starts_with(command))
            .count()
    }
}

async fn serve(
    stream: TcpStream,
    hello: &str,
    answers: &[(&str, &str)],
    heard: Arc<Mutex<Vec<String>>>,
) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await.ok();
    let mut in_data = false;
    while let Ok(Some(line)) = lines.next_line().await {
        if in_data && line != "." {
            continue;
        }
        let command = if in_data { "END".to_owned() } else { line };
        heard.lock().unwrap().push(command.clone());
        in_data = command == "DATA";
        let told = answers.iter().find(|(begin, _)| command.starts_with(begin));
        let usual = match &*command {
            "DATA" => "354 go on",
            _ if command.starts_with("EHLO") => hello,
            _ => "250 ok",
        };
        let answer = told.map_or(usual, |(_, answer)| answer);
        if answer == "close"
            || write
                .write_all(format!("{answer}\r\n").as_bytes())
                .await
                .is_err()
        {
            return;
        }
    }
}

const PLAIN: &str = "250 test";
const WITH_PASSWORDS: &str = "250-test\r\n250 AUTH PLAIN LOGIN";

#[tokio::test]
async fn connections_are_used_again() {
    let server = Server::saying(PLAIN, &[]).await;
    let mailer = server.mailer("", "");
    for _ in 0..20 {
        mailer.send(&mail()).await.unwrap();
    }
    // A connection is put back beside the next mail, which may be faster.
    let (greeted, sent) = (server.heard("EHLO"), server.heard("END"));
    assert_eq!(sent, 20);
    assert!(greeted <= 10, "{greeted} connections");
}

#[tokio::test]
async fn what_the_server_refuses_for_good_is_not_sent_again_and_the_rest_is() {
    let refused = async |command: &'static str, answer: &'static str| {
        let answers: &'static _ = Box::leak(Box::new([(command, answer)]));
        let server = Server::saying(WITH_PASSWORDS, answers).await;
        server
            .mailer("ana:sesame@", "")
            .send(&mail())
            .await
            .unwrap_err()
    };
    assert!(!refused("RCPT", "550 no such mailbox").await.is_transient());
    assert!(!refused("END", "554 not this one").await.is_transient());
    assert!(refused("RCPT", "450 come back").await.is_transient());
    assert!(refused("END", "452 no room").await.is_transient());
    assert!(refused("END", "close").await.is_transient());
    // Nothing is wrong with the mail where the password of this installation is.
    assert!(refused("AUTH", "535 wrong").await.is_transient());
}

#[tokio::test]
async fn a_password_is_shown_to_nobody_without_starttls_where_that_is_required() {
    let server = Server::saying(WITH_PASSWORDS, &[]).await;
    let mailer = server.mailer("ana:sesame@", "?tls=required");
    let refused = mailer.send(&mail()).await.unwrap_err();
    assert!(refused.is_transient(), "{}", causes(&refused));
    assert_eq!((server.heard("AUTH"), server.heard("MAIL")), (0, 0));
    assert!(!format!("{mailer:?}").contains("sesame"));
}

#[tokio::test]
async fn a_server_that_is_away_is_told_apart_from_an_address_that_is_none() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mailer = SmtpMailer::new(&format!("smtp://127.0.0.1:{port}"), Stand::sender()).unwrap();
    assert!(mailer.send(&mail()).await.unwrap_err().is_transient());
    assert!(mailer.check().await.is_err());
    for bad in ["", "mail.example.org", "http://mail.example.org"] {
        let refused = SmtpMailer::new(bad, Stand::sender()).unwrap_err();
        assert!(matches!(refused, PortError::Invalid(_)), "{bad}: {refused}");
    }
}

#[cfg(feature = "test-smtp")]
mod real {
    use std::time::Duration;

    use serde_json::Value;
    use sv_ports::conformance::mail::Stand;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
        time::sleep,
    };

    use super::SmtpMailer;

    fn address(name: &str) -> String {
        std::env::var(name)
            .unwrap_or_else(|_| panic!("{name} is not set; tests/stack/up smtp prints it"))
    }

    /// Asks the API of the server that takes the mails.
    async fn get(path: &str) -> Vec<u8> {
        let api = address("SMTP_SINK_API");
        let (host, base) = api.trim_start_matches("http://").split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).await.unwrap();
        let ask = format!("GET /{base}{path} HTTP/1.0\r\nhost: {host}\r\n\r\n");
        stream.write_all(ask.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let head = answer
            .windows(4)
            .position(|end| end == b"\r\n\r\n")
            .unwrap();
        answer.split_off(head + 4)
    }

    /// Returns the mails of a name; the server has them a moment after it has taken them.
    async fn sent(id: String) -> Vec<Vec<u8>> {
        let name = format!("{id}@streamverse.test");
        for _ in 0..50 {
            let all: Value = serde_json::from_slice(&get("").await).unwrap();
            let mails = all.as_array().unwrap().iter();
            let ids: Vec<_> = mails
                .filter(|mail| {
                    mail["messageId"]
                        .as_str()
                        .is_some_and(|id| id.contains(&name))
                })
                .map(|mail| mail["id"].as_str().unwrap().to_owned())
                .collect();
            if ids.is_empty() {
                sleep(Duration::from_millis(50)).await;
                continue;
            }
            let mut mails = Vec::new();
            for id in ids {
                mails.push(get(&format!("/{id}/source")).await);
            }
            return mails;
        }
        Vec::new()
    }

    async fn stand() -> Stand {
        let mailer = SmtpMailer::new(&address("SMTP_URL"), Stand::sender()).unwrap();
        Stand {
            mailer: std::sync::Arc::new(mailer),
            sent: Box::new(|id| Box::pin(sent(id))),
        }
    }

    sv_ports::mail_suite!(stand);
}
