//! Mails: messages to people, each as text and as HTML.

use std::{fmt, str::FromStr, time::Duration};

use async_trait::async_trait;
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use sv_kernel::Timestamp;

use crate::{PortError, PortResult};

/// The most characters of a mail's name.
const MAX_ID: usize = 64;
/// The most characters of a subject.
const MAX_SUBJECT: usize = 200;
/// The most bytes of each of the two forms of a text.
const MAX_BODY: usize = 256 * 1024;

/// Sends mails. A mail is taken by the next server or folder when this has answered; whether it reaches a reader only
/// that server knows.
#[async_trait]
pub trait Mailer: Send + Sync + fmt::Debug {
    /// Sends a mail. One that may have been sent already is sent again under the same name, by which
    /// servers and readers know it.
    ///
    /// Fails with [`PortError::Invalid`] where it can never be sent: it is no mail, or the server refuses it
    /// for good (SMTP's 5xx).
    async fn send(&self, mail: &Mail) -> PortResult<()>;

    /// Says whether mails can be sent now, without sending one.
    async fn check(&self) -> PortResult<()>;
}

/// A mail to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its name: up to 64 letters, digits and `-`. It becomes the `Message-ID`.
    pub id: String,
    /// The address of the one whom it is for, e.g. `ana@example.org`.
    pub to: String,
    /// One line of up to 200 characters.
    pub subject: String,
    /// What it says, as plain text of up to 256 KiB.
    pub text: String,
    /// The same as HTML of up to 256 KiB.
    pub html: String,
    /// The language of both, a BCP 47 tag.
    pub language: String,
    /// When it was written.
    pub written_at: Timestamp,
}

/// Who mails are from: a name and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(Mailbox);

/// The text names no sender.
#[derive(Debug, thiserror::Error)]
#[error("a sender is an address, with a name or without: StreamVerse <no-reply@example.org>")]
pub struct NotASender;

impl FromStr for Sender {
    type Err = NotASender;

    fn from_str(text: &str) -> Result<Self, NotASender> {
        text.parse().map(Self).map_err(|_| NotASender)
    }
}

impl Mail {
    /// Writes it as RFC 5322 wants it.
    ///
    /// Fails with [`PortError::Invalid`] where it is no mail.
    pub fn written_by(&self, sender: &Sender) -> PortResult<Message> {
        self.check()?;
        let named = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if !(1..=MAX_ID).contains(&self.id.len()) || !self.id.chars().all(named) {
            return Err(PortError::invalid(
                "the name of a mail has 1 to 64 letters, digits and `-`",
            ));
        }
        let micros = u64::try_from(self.written_at.micros()).unwrap_or_default();
        let written_at = std::time::UNIX_EPOCH + Duration::from_micros(micros);
        let both = MultiPart::alternative_plain_html(self.text.clone(), self.html.clone());
        let message = Message::builder()
            .from(sender.0.clone())
            .to(Mailbox::new(None, address(&self.to)?))
            .subject(&self.subject)
            .date(written_at)
            .message_id(Some(format!("<{}@{}>", self.id, sender.0.email.domain())))
            .multipart(both);
        let mut message = message.map_err(|error| PortError::invalid(error.to_string()))?;
        for (name, value) in [
            ("Content-Language", &*self.language),
            // Nobody's holiday answers it (RFC 3834).
            ("Auto-Submitted", "auto-generated"),
        ] {
            let value = HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
            message.headers_mut().insert_raw(value);
        }
        Ok(message)
    }

    fn check(&self) -> PortResult<()> {
        let line = |text: &str| !text.chars().any(char::is_control);
        if self.subject.is_empty() || self.subject.chars().count() > MAX_SUBJECT {
            return Err(PortError::invalid("a subject has 1 to 200 characters"));
        }
        if !line(&self.subject) || !line(&self.language) || !self.language.is_ascii() {
            return Err(PortError::invalid(
                "subject and language of a mail are one line",
            ));
        }
        if self.text.is_empty() || self.text.len() > MAX_BODY || self.html.len() > MAX_BODY {
            return Err(PortError::invalid("a mail has a text, of 256 KiB at most"));
        }
        Ok(())
    }
}

/// Reads an address. Its domain is sent as the DNS spells it, so that only names in other letters need servers that
/// know them (RFC 6531).
fn address(text: &str) -> PortResult<Address> {
    let none = || PortError::invalid("a mail is for one address, such as ana@example.org");
    let (local, domain) = text.rsplit_once('@').ok_or_else(none)?;
    let domain = idna::domain_to_ascii(domain).map_err(|_| none())?;
    Address::new(local, domain).map_err(|_| none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_have_an_address() {
        for good in [
            "no-reply@example.org",
            "StreamVerse <no-reply@example.org>",
            "\"Film, og mer\" <post@kino.no>",
        ] {
            assert!(good.parse::<Sender>().is_ok(), "{good}");
        }
        for bad in ["", "StreamVerse", "a@", "a@b\r\nBcc: c@d"] {
            assert!(bad.parse::<Sender>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn domains_in_other_letters_are_spelled_as_the_dns_does() {
        assert_eq!(
            address("ana@kjøkken.example").unwrap().domain(),
            "xn--kjkken-cya.example"
        );
        for bad in [
            "",
            "ana",
            "ana@",
            "@example.org",
            "ana@example.org\r\nBcc: b@c.org",
            "a@b, c@d",
        ] {
            assert!(address(bad).is_err(), "{bad:?}");
        }
    }
}
