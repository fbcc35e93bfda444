//! Mail by SMTP. Without a server nothing is sent, and whoever wanted to send is told.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp,
};

/// How long a mail may take.
const WITHIN: Duration = Duration::from_secs(10);

/// A way to send mail.
#[derive(Clone)]
pub struct Mail {
    from: Mailbox,
    public_url: String,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

/// Why a mail did not go out.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// An address or a text no mail can hold.
    #[error("the mail cannot be written: {0}")]
    Write(String),
    /// The server refused it or is away.
    #[error("the mail server: {0}")]
    Smtp(#[from] smtp::Error),
}

impl Mail {
    /// Sends through `url`, such as `smtps://user:password@mail.example.com` or `smtp://localhost:25`, as `from`; links
    /// lead to `public_url`.
    ///
    /// # Errors
    /// Says what is wrong with either.
    pub fn new(url: &str, from: &str, public_url: &str) -> Result<Self, MailError> {
        let from =
            from.parse().map_err(|e: lettre::address::AddressError| MailError::Write(e.to_string()))?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.timeout(Some(WITHIN)).build();
        Ok(Self { from, public_url: public_url.to_owned(), transport })
    }

    /// The whole address of a page.
    pub fn link(&self, page: &str) -> String {
        format!("{}{page}", self.public_url)
    }

    /// Hands a plain text over to the server.
    pub async fn send(
        &self,
        name: &str,
        address: &str,
        subject: &str,
        text: String,
    ) -> Result<(), MailError> {
        let wrong = |e: &dyn std::fmt::Display| MailError::Write(e.to_string());
        let address = address.parse().map_err(|e: lettre::address::AddressError| wrong(&e))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(name.to_owned()), address))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(|e| wrong(&e))?;
        self.transport.send(message).await?;
        Ok(())
    }
}
