//! What is told to a person, rather than of an order.

use super::{MailKind, Topic};
use souk_kernel::{Aggregate, Money, UserId, from_hex, to_hex};

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The user.
    pub user: UserId,
    /// Where mail reaches them.
    pub email: String,
    /// How to call them; may be empty.
    pub name: String,
}

/// Something that is sold, as a mail names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ware {
    /// Its title.
    pub title: String,
    /// The path of its page: `/products/…`.
    pub path: String,
}

/// What is told. Paths begin with a slash and lead to this shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Confirm this address.
    VerifyAddress {
        /// The page that does it, with its token.
        path: String,
        /// How long that works.
        hours: u32,
    },
    /// Choose another password.
    ResetPassword {
        /// The page that does it, with its token.
        path: String,
        /// How long that works.
        minutes: u32,
    },
    /// The account is complete.
    Welcome,
    /// The password is another one.
    PasswordChanged,
    /// The account has another email address.
    EmailChanged,
    /// Something costs less.
    PriceDropped {
        /// What.
        ware: Ware,
        /// What it cost.
        from: Money,
        /// What it costs.
        to: Money,
    },
    /// Something can be bought.
    BackInStock {
        /// What.
        ware: Ware,
        /// What it costs.
        price: Money,
    },
}

impl News {
    /// The kind of mail that tells it.
    #[must_use]
    pub const fn kind(&self) -> MailKind {
        match self {
            Self::VerifyAddress { .. } => MailKind::VerifyAddress,
            Self::ResetPassword { .. } => MailKind::ResetPassword,
            Self::Welcome => MailKind::Welcome,
            Self::PasswordChanged => MailKind::PasswordChanged,
            Self::EmailChanged => MailKind::EmailChanged,
            Self::PriceDropped { .. } => MailKind::PriceDropped,
            Self::BackInStock { .. } => MailKind::BackInStock,
        }
    }
}

/// Something to tell somebody. With its kind, `about`, `number` and the user name a mail: the same
/// four are told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about: an offer, a user.
    pub about: Aggregate,
    /// Tells repetitions of one notice from another one about the same: the number of the fact.
    pub number: u64,
    /// Who is told.
    pub to: Recipient,
    /// What.
    pub news: News,
}

/// The way to decline a topic without signing in: whose, which, and the secret that only the user's
/// own mails carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsubscribe {
    /// Whose mails.
    pub user: UserId,
    /// Which.
    pub topic: Topic,
    /// The secret.
    pub key: [u8; 16],
}

impl Unsubscribe {
    /// As it stands in a link: letters, digits, dots and dashes.
    #[must_use]
    pub fn token(&self) -> String {
        format!("{}.{}.{}", self.topic.name(), self.user, to_hex(&self.key))
    }

    /// From a link; `None` for what no link ever said.
    #[must_use]
    pub fn parse(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (topic, user, hex) = (parts.next()?, parts.next()?, parts.next()?);
        let key = from_hex(hex).filter(|_| parts.next().is_none())?;
        Some(Self { user: user.parse().ok()?, topic: Topic::from_name(topic)?, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_s_token_reads_back_and_nothing_else_does() {
        let user = UserId::from_bytes([7; 16]);
        let unsubscribe = Unsubscribe { user, topic: Topic::BackInStock, key: [0xA5; 16] };
        let token = unsubscribe.token();
        assert_eq!(Unsubscribe::parse(&token), Some(unsubscribe));
        for broken in ["", "..", &token[1..], &token[..token.len() - 1], &format!("{token}.x")] {
            assert_eq!(Unsubscribe::parse(broken), None, "{broken}");
        }
        assert_eq!(Unsubscribe::parse(&token.replace("a5", "\u{e9}")), None);
    }
}
