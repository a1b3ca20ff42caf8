//! The words of what is told to a person.

use super::is_one_address;
use super::letter::{Block, Button, Letter};
use crate::model::{Mail, News, Notice, Shop, Unsubscribe};
use crate::{html, text};
use souk_kernel::{MailId, Timestamp};

/// The mail of a notice; `None` if its recipient can't be written to. `unsubscribe` goes with what may be
/// declined. Pure: the same inputs give the same mail, with `id` and `now` in it.
#[must_use]
pub fn on_notice(
    notice: &Notice,
    unsubscribe: Option<Unsubscribe>,
    shop: &Shop,
    id: MailId,
    now: Timestamp,
) -> Option<Mail> {
    let to = notice.to.email.clone();
    if !is_one_address(&to) {
        return None;
    }
    let mut letter = letter(notice, shop);
    letter.decline = unsubscribe.map(|link| shop.unsubscribe_url(&link));
    Some(Mail {
        id,
        kind: notice.news.kind(),
        about: notice.about,
        number: notice.number,
        user: Some(notice.to.user),
        to,
        text: text::set(&letter, shop),
        html: html::set(&letter, shop),
        subject: text::one_line(&letter.subject).into_owned(),
        created_at: now,
        sent_at: None,
    })
}

fn letter(notice: &Notice, shop: &Shop) -> Letter {
    match &notice.news {
        News::VerifyAddress { path, hours } => verify(notice, shop, path, *hours),
        News::ResetPassword { path, minutes } => reset(notice, shop, path, *minutes),
        News::Welcome => welcome(notice, shop),
        News::PasswordChanged => of_account(
            shop,
            (String::from("Your password was changed"), "Your password was changed"),
            vec![
                greeting(
                    notice,
                    "the password of your account is another one from now on. Your \
                         other devices were signed out.",
                ),
                String::from("If that was not you, choose a new one right away."),
            ],
            ("Choose a new password", "/account/forgot"),
        ),
        News::EmailChanged => of_account(
            shop,
            (String::from("Your email address was changed"), "Your email address was changed"),
            vec![
                greeting(
                    notice,
                    "your account has another email address from now on. Mails about \
                         it no longer come here.",
                ),
                String::from("If that was not you, answer this mail right away."),
            ],
            ("Open your account", "/account"),
        ),
        News::PriceDropped { ware, from, to } => Letter {
            because: "because you watch this price",
            ..of_account(
                shop,
                (format!("{} now costs {to}", ware.title), "The price dropped"),
                vec![format!("{} costs {to} now. It was {from}.", ware.title)],
                ("View it", &ware.path),
            )
        }
        .with([Block::Offer {
            title: ware.title.clone(),
            price: to.to_string(),
            before: Some(from.to_string()),
        }]),
        News::BackInStock { ware, price } => Letter {
            because: "because you asked to be told",
            ..of_account(
                shop,
                (format!("{} is back in stock", ware.title), "It is back in stock"),
                vec![format!(
                    "{} can be bought again. We can't hold it for you: first come, first served.",
                    ware.title
                )],
                ("View it", &ware.path),
            )
        }
        .with([Block::Offer {
            title: ware.title.clone(),
            price: price.to_string(),
            before: None,
        }]),
    }
}

fn of_account(
    shop: &Shop,
    (subject, heading): (String, &str),
    says: Vec<String>,
    (button, path): (&'static str, &str),
) -> Letter {
    Letter {
        subject,
        heading: heading.to_owned(),
        says,
        button: Button { says: button, url: shop.url(path) },
        blocks: Vec::new(),
        because: "because of your account",
        decline: None,
    }
}

/// Begins a sentence with the name, if there is one.
fn greeting(notice: &Notice, sentence: &str) -> String {
    let name = notice.to.name.trim();
    if !name.is_empty() {
        return format!("{name}, {sentence}");
    }
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn verify(notice: &Notice, shop: &Shop, path: &str, hours: u32) -> Letter {
    let says = vec![
        greeting(
            notice,
            "please confirm that this address is yours. Then we can help you when you \
                 forget your password.",
        ),
        format!(
            "The button works once, for {hours} hours. If you did not ask for this, ignore it: \
                 nothing happens."
        ),
    ];
    let subject = format!("Confirm your email address for {}", shop.name);
    of_account(shop, (subject, "Confirm your email address"), says, ("Confirm address", path))
}

fn reset(notice: &Notice, shop: &Shop, path: &str, minutes: u32) -> Letter {
    let says = vec![
        greeting(
            notice,
            "somebody asked for a new password for your account. If it was you, choose \
                 one now.",
        ),
        format!(
            "The button works once, for {minutes} minutes. If it was not you, ignore this: your \
                 password stays as it is."
        ),
    ];
    let subject = format!("Choose a new password for {}", shop.name);
    of_account(shop, (subject, "Choose a new password"), says, ("Choose a new password", path))
}

fn welcome(notice: &Notice, shop: &Shop) -> Letter {
    let says = vec![
        greeting(
            notice,
            "your account is ready. Your cart, your addresses and your orders are now \
                 on every device that you sign in on.",
        ),
        String::from("Returns are free for 30 days, and every order can be followed to the door."),
    ];
    let subject = format!("Welcome to {}", shop.name);
    let heading = format!("Welcome to {}", shop.name);
    of_account(shop, (subject, &heading), says, ("Start shopping", "/"))
}
