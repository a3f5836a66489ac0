//! Mails by SMTP, to one server that passes them on (a relay).

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end what they spawn themselves"
)]
mod tests;

use std::{fmt, time::Duration};

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    transport::smtp::{Error as SmtpError, PoolConfig},
};
use sv_ports::{Mail, Mailer, PortError, PortResult, Sender};
use tokio::time::timeout;

/// The name of the port in errors.
const PORT: &str = "mail server";
/// How long one answer of the server may take, and a connection to it.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a whole mail may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// The most connections that are kept.
const MOST_CONNECTIONS: u32 = 4;
/// How long one is kept that nothing is sent over: servers close them after some minutes.
const IDLE: Duration = Duration::from_mins(1);

/// Sends mails by an SMTP server. Connects when something is sent.
#[derive(Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Sender,
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The transport may hold a password.
        f.debug_struct("SmtpMailer")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

impl SmtpMailer {
    /// Sends by `smtps://user:password@host:465` (TLS from the first byte), `smtp://…?tls=required` (STARTTLS, and
    /// nothing without it) or `smtp://host:25` (in the clear). TLS believes the roots of the machine (`SSL_CERT_FILE`
    /// names others).
    pub fn new(url: &str, from: Sender) -> PortResult<Self> {
        // The client takes the cryptography that the process names; who came first has named it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| {
            PortError::invalid(format!(
                "the address of the mail server cannot be read: {error}"
            ))
        })?;
        let pool = PoolConfig::new()
            .max_size(MOST_CONNECTIONS)
            .idle_timeout(IDLE);
        let transport = transport.timeout(Some(TIMEOUT)).pool_config(pool).build();
        Ok(Self { transport, from })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> PortResult<()> {
        let message = mail.written_by(&self.from)?;
        match timeout(DEADLINE, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(refused)) => Err(failure(refused)),
            Err(late) => Err(PortError::unavailable(PORT, late)),
        }
    }

    async fn check(&self) -> PortResult<()> {
        match timeout(DEADLINE, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(PortError::unavailable(PORT, "it does not take commands")),
            Ok(Err(refused)) => Err(PortError::unavailable(PORT, refused)),
            Err(late) => Err(PortError::unavailable(PORT, late)),
        }
    }
}

/// Says whether sending it again may help: not where the server has refused this mail for good. What it has against us
/// rather than the mail, such as a wrong password (530, 534, 535, 538), is mended by those who run it.
fn failure(refused: SmtpError) -> PortError {
    let code = refused.status().map(|code| code.to_string());
    let about_us = |code: &String| matches!(&**code, "530" | "534" | "535" | "538");
    if refused.is_permanent() && !code.as_ref().is_some_and(about_us) {
        return PortError::invalid(format!("the mail server refuses it for good: {refused}"));
    }
    PortError::unavailable(PORT, refused)
}
