//! What tokens and test cards make the gateway do.

use crate::fact::Operation;
use crate::model::DeclineReason;
use souk_kernel::{Currency, Money};
use std::fmt;
use std::str::FromStr;

/// How the gateway treats one payment. The token `tok_<name>` asks for it, [`fmt::Display`] writes
/// the name. Durations: `slow_5s`, `slow_250ms`, at most two minutes. Times: `lost_answer_x5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// `approve`
    Approve,
    /// `decline`, `insufficient_funds`, `expired_card`
    Decline(DeclineReason),
    /// `3ds`: the shopper must confirm on the gateway's page.
    ThreeDs,
    /// `slow`, `slow_5s`: acts at once, answers late.
    Slow {
        /// How late.
        ms: u32,
    },
    /// `delayed`, `delayed_5s`: the request itself is held up; it acts only then.
    Delayed {
        /// How long.
        ms: u32,
    },
    /// `lost_answer`, `lost_answer_x5`: acts, then the caller gets no answer, so many times; a
    /// retry with the same key after that gets the first answer.
    LostAnswer {
        /// How many answers are lost.
        times: u8,
    },
    /// `lost_request`, `lost_request_x5`: the caller gets no answer and nothing was done.
    LostRequest {
        /// How many requests are lost.
        times: u8,
    },
    /// `amount_plus_1`, `amount_minus_1`: authorizes another amount than asked.
    AmountOff(i8),
    /// `other_currency`: authorizes the same number of another currency's minor units.
    OtherCurrency,
    /// `webhook_late`, `webhook_late_30s`
    WebhookLate {
        /// How late.
        ms: u32,
    },
    /// `webhook_twice`: every event of the payment comes twice, with the same id.
    WebhookTwice,
    /// `webhook_disorder`: `authorization.succeeded` comes after the events that follow it.
    WebhookDisorder,
    /// `webhook_first`: the event is delivered before the answer.
    WebhookFirst,
    /// `capture_lost_answer`, `refund_lost_answer_x5`, `void_lost_answer`: approves; the later
    /// operation acts and its answers are lost.
    LostLater {
        /// Of which operation.
        operation: Operation,
        /// How many answers are lost, for each key.
        times: u8,
    },
}

const DEFAULT_MS: u32 = 5_000;
const LONGEST_MS: u32 = 120_000;

impl Behaviour {
    /// What the sheet offers as one-tap buttons: the behaviour and its label.
    pub const BUTTONS: [(Self, &'static str); 12] = [
        (Self::Approve, "Approve"),
        (Self::Decline(DeclineReason::CardDeclined), "Decline"),
        (Self::Decline(DeclineReason::InsufficientFunds), "Insufficient funds"),
        (Self::ThreeDs, "3-D Secure"),
        (Self::Slow { ms: DEFAULT_MS }, "Slow (5 s)"),
        (Self::LostAnswer { times: 1 }, "Lose the answer"),
        (Self::LostRequest { times: 1 }, "Lose the request"),
        (Self::WebhookLate { ms: DEFAULT_MS }, "Webhook late"),
        (Self::WebhookTwice, "Webhook twice"),
        (Self::WebhookDisorder, "Webhook in disorder"),
        (Self::WebhookFirst, "Webhook before the answer"),
        (Self::AmountOff(1), "Amount off by one"),
    ];

    /// What a fixed token asks for; `None` for one from the sheet and for nonsense.
    #[must_use]
    pub fn of_token(token: &str) -> Option<Self> {
        token.strip_prefix("tok_")?.parse().ok()
    }

    /// What is authorized when `asked` is asked for.
    pub(crate) fn granted(self, asked: Money) -> Money {
        match self {
            Self::AmountOff(by) => {
                Money::new(asked.minor.saturating_add(i64::from(by)), asked.currency)
            }
            Self::OtherCurrency if asked.currency == Currency::Eur => {
                Money::new(asked.minor, Currency::Usd)
            }
            Self::OtherCurrency => Money::new(asked.minor, Currency::Eur),
            _ => asked,
        }
    }
}

/// Not the name of a behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such behaviour")]
pub struct ParseBehaviourError;

impl FromStr for Behaviour {
    type Err = ParseBehaviourError;
    fn from_str(name: &str) -> Result<Self, ParseBehaviourError> {
        let lost = |operation, rest| times(rest).map(|times| Self::LostLater { operation, times });
        let parsed = match name {
            "approve" => Some(Self::Approve),
            "decline" => Some(Self::Decline(DeclineReason::CardDeclined)),
            "3ds" => Some(Self::ThreeDs),
            "amount_plus_1" => Some(Self::AmountOff(1)),
            "amount_minus_1" => Some(Self::AmountOff(-1)),
            "other_currency" => Some(Self::OtherCurrency),
            "webhook_twice" => Some(Self::WebhookTwice),
            "webhook_disorder" => Some(Self::WebhookDisorder),
            "webhook_first" => Some(Self::WebhookFirst),
            // Also those that only a token's own fault leads to: the record names them.
            _ => DeclineReason::from_code(name).map(Self::Decline),
        };
        let with = |prefix: &str| name.strip_prefix(prefix);
        parsed
            .or_else(|| with("slow").and_then(millis).map(|ms| Self::Slow { ms }))
            .or_else(|| with("delayed").and_then(millis).map(|ms| Self::Delayed { ms }))
            .or_else(|| with("webhook_late").and_then(millis).map(|ms| Self::WebhookLate { ms }))
            .or_else(|| with("lost_answer").and_then(times).map(|times| Self::LostAnswer { times }))
            .or_else(|| {
                with("lost_request").and_then(times).map(|times| Self::LostRequest { times })
            })
            .or_else(|| with("capture_lost_answer").and_then(|r| lost(Operation::Capture, r)))
            .or_else(|| with("refund_lost_answer").and_then(|r| lost(Operation::Refund, r)))
            .or_else(|| with("void_lost_answer").and_then(|r| lost(Operation::Void, r)))
            .ok_or(ParseBehaviourError)
    }
}

fn millis(rest: &str) -> Option<u32> {
    if rest.is_empty() {
        return Some(DEFAULT_MS);
    }
    let rest = rest.strip_prefix('_')?;
    let ms = match rest.strip_suffix("ms") {
        Some(ms) => ms.parse().ok()?,
        None => rest.strip_suffix('s')?.parse::<u32>().ok()?.checked_mul(1_000)?,
    };
    (ms <= LONGEST_MS).then_some(ms)
}

fn times(rest: &str) -> Option<u8> {
    if rest.is_empty() { Some(1) } else { rest.strip_prefix("_x")?.parse().ok() }
}

struct Times(u8);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 1 { Ok(()) } else { write!(f, "_x{}", self.0) }
    }
}

impl fmt::Display for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Approve => f.write_str("approve"),
            Self::Decline(DeclineReason::CardDeclined) => f.write_str("decline"),
            Self::Decline(reason) => f.write_str(reason.code()),
            Self::ThreeDs => f.write_str("3ds"),
            Self::Slow { ms } => write!(f, "slow_{ms}ms"),
            Self::Delayed { ms } => write!(f, "delayed_{ms}ms"),
            Self::LostAnswer { times } => write!(f, "lost_answer{}", Times(times)),
            Self::LostRequest { times } => write!(f, "lost_request{}", Times(times)),
            Self::AmountOff(by) if by > 0 => f.write_str("amount_plus_1"),
            Self::AmountOff(_) => f.write_str("amount_minus_1"),
            Self::OtherCurrency => f.write_str("other_currency"),
            Self::WebhookLate { ms } => write!(f, "webhook_late_{ms}ms"),
            Self::WebhookTwice => f.write_str("webhook_twice"),
            Self::WebhookDisorder => f.write_str("webhook_disorder"),
            Self::WebhookFirst => f.write_str("webhook_first"),
            Self::LostLater { operation, times } => {
                write!(f, "{}_lost_answer{}", operation.name(), Times(times))
            }
        }
    }
}

/// What the gateway keeps of a card. The number itself is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// `visa`, `mastercard`, `amex`
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// The month until which it is good: `2034-12`; empty where it was not typed.
    pub expires: String,
}

impl Card {
    /// What a fixed token stands for, when it is kept.
    #[must_use]
    pub fn of_fixed() -> Self {
        let [brand, last4, expires] = ["visa", "4242", "2034-12"].map(String::from);
        Self { brand, last4, expires }
    }
}

/// What a typed card number leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    /// A test card.
    Test(Behaviour, Card),
    /// Not a card number: wrong length or check digit.
    Mistyped,
    /// It might be a real card: never used, never kept.
    NotATestCard,
}

/// The test cards: number and behaviour. The well-known ones of the trade, so that habits work.
const TEST_CARDS: [(&str, Behaviour); 11] = [
    ("4242424242424242", Behaviour::Approve),
    ("5555555555554444", Behaviour::Approve),
    ("378282246310005", Behaviour::Approve),
    ("4000000000000002", Behaviour::Decline(DeclineReason::CardDeclined)),
    ("4000000000009995", Behaviour::Decline(DeclineReason::InsufficientFunds)),
    ("4000000000000069", Behaviour::Decline(DeclineReason::ExpiredCard)),
    ("4000000000003220", Behaviour::ThreeDs),
    ("4000002760003184", Behaviour::ThreeDs),
    ("4000000000000259", Behaviour::LostAnswer { times: 1 }),
    ("4000000000000341", Behaviour::Slow { ms: DEFAULT_MS }),
    ("4000000000000077", Behaviour::WebhookTwice),
];

/// Reads what a shopper typed into the card number field; spaces and dashes don't matter.
pub fn read_card(typed: &str) -> Typed {
    let digits: String = typed.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let digits_only = digits.bytes().all(|b| b.is_ascii_digit());
    if !digits_only || !(12..=19).contains(&digits.len()) || !luhn(&digits) {
        return Typed::Mistyped;
    }
    match TEST_CARDS.iter().find(|(number, _)| *number == digits) {
        Some((number, behaviour)) => Typed::Test(*behaviour, card_of(number)),
        None => Typed::NotATestCard,
    }
}

fn card_of(number: &str) -> Card {
    let brand = match number.as_bytes().first() {
        Some(b'4') => "visa",
        Some(b'5') => "mastercard",
        _ => "amex",
    };
    let last4 = number.get(number.len().saturating_sub(4)..).unwrap_or_default();
    Card { brand: String::from(brand), last4: String::from(last4), expires: String::new() }
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let digit = u32::from(b - b'0');
            let doubled = digit * 2;
            if i % 2 == 0 { digit } else { doubled / 10 + doubled % 10 }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        let more = [
            Behaviour::Delayed { ms: 250 },
            Behaviour::LostAnswer { times: 5 },
            Behaviour::LostRequest { times: 2 },
            Behaviour::AmountOff(-1),
            Behaviour::OtherCurrency,
            Behaviour::Decline(DeclineReason::ExpiredCard),
            Behaviour::LostLater { operation: Operation::Refund, times: 5 },
            Behaviour::LostLater { operation: Operation::Capture, times: 1 },
            Behaviour::LostLater { operation: Operation::Void, times: 1 },
        ];
        for behaviour in Behaviour::BUTTONS.iter().map(|(b, _)| *b).chain(more) {
            assert_eq!(behaviour.to_string().parse(), Ok(behaviour), "{behaviour}");
        }
    }

    #[test]
    fn tokens_carry_durations_and_times() {
        let of = Behaviour::of_token;
        assert_eq!(of("tok_slow"), Some(Behaviour::Slow { ms: 5_000 }));
        assert_eq!(of("tok_slow_7s"), Some(Behaviour::Slow { ms: 7_000 }));
        assert_eq!(of("tok_slow_20ms"), Some(Behaviour::Slow { ms: 20 }));
        assert_eq!(of("tok_lost_answer_x3"), Some(Behaviour::LostAnswer { times: 3 }));
        for nonsense in
            ["", "tok_", "approve", "tok_slow_", "tok_slow_999s", "tok_slow_-1s", "tok_x"]
        {
            assert_eq!(of(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn cards_are_checked_and_only_test_cards_are_taken() {
        for (number, behaviour) in TEST_CARDS {
            assert_eq!(read_card(number), Typed::Test(behaviour, card_of(number)), "{number}");
        }
        let Typed::Test(_, card) = read_card(" 4242 4242-4242 4242 ") else {
            panic!("a test card")
        };
        assert_eq!((card.brand.as_str(), card.last4.as_str()), ("visa", "4242"));
        for mistyped in ["", "4242424242424241", "4242", "abcd", "42424242424242424242424242"] {
            assert_eq!(read_card(mistyped), Typed::Mistyped, "{mistyped}");
        }
        assert_eq!(read_card("4111111111111111"), Typed::NotATestCard);
    }

    #[test]
    fn an_altered_grant_is_off_by_one_or_in_another_currency() {
        let asked = Money::new(100, Currency::Eur);
        assert_eq!(Behaviour::AmountOff(1).granted(asked).minor, 101);
        assert_eq!(Behaviour::AmountOff(-1).granted(asked).minor, 99);
        assert_eq!(Behaviour::OtherCurrency.granted(asked), Money::new(100, Currency::Usd));
        assert_eq!(Behaviour::ThreeDs.granted(asked), asked);
    }
}
