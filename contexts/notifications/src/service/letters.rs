//! Letters to the holders of accounts, as the mails that carry them.

use super::Notifier;
use crate::model::{News, Notice, Recipient};
use async_trait::async_trait;
use souk_accounts::port::Courier;
use souk_accounts::{AccountLetter, AccountNews, Token};
use souk_kernel::{Aggregate, HOUR_MS, MINUTE_MS, PortError};

#[async_trait]
impl Courier for Notifier {
    async fn send(&self, letter: AccountLetter) -> Result<(), PortError> {
        let about = Aggregate(letter.user.uuid());
        // An account is welcomed once; whatever else is asked for is told each time, and a link as often
        // as there is a new one.
        let number = match &letter.news {
            AccountNews::Welcome => 0,
            AccountNews::Verify { token, .. } | AccountNews::Reset { token, .. } => of(token),
            AccountNews::PasswordChanged | AccountNews::EmailChanged => letter.at.0.unsigned_abs(),
        };
        let email = letter.to.as_str().to_owned();
        let to = Recipient { user: letter.user, email, name: letter.name };
        let notice = Notice { about, number, to, news: news(&letter.news) };
        self.notify(&[notice]).await.into_iter().try_for_each(|told| told.map(|_| ()))
    }
}

/// A number for a token that tells nothing of it.
fn of(token: &Token) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *token.digest().bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

fn news(news: &AccountNews) -> News {
    let path = |page: &str, token: &Token| format!("{page}?token={}", token.reveal());
    let times = |ms: i64, unit: i64| u32::try_from(ms / unit).unwrap_or_default();
    match news {
        AccountNews::Verify { token, for_ms } => News::VerifyAddress {
            path: path("/account/verify", token),
            hours: times(*for_ms, HOUR_MS),
        },
        AccountNews::Reset { token, for_ms } => News::ResetPassword {
            path: path("/account/reset", token),
            minutes: times(*for_ms, MINUTE_MS),
        },
        AccountNews::Welcome => News::Welcome,
        AccountNews::PasswordChanged => News::PasswordChanged,
        AccountNews::EmailChanged => News::EmailChanged,
    }
}
