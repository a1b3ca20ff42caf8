//! The nouns: reviews, stars, summaries, the spots where pages begin.

use souk_kernel::{Id, Noun, ProductId, Timestamp, UserId};

/// What the ids of this room name.
pub mod noun {
    /// A review.
    #[derive(Debug)]
    pub enum Review {}
}

impl Noun for noun::Review {
    const NAME: &'static str = "review";
}

/// A review; later ones have greater keys.
pub type ReviewId = Id<noun::Review>;

/// One to five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stars(u8);

impl Stars {
    /// The least.
    pub const ONE: Self = Self(1);

    /// So many, if there can be so many.
    #[must_use]
    pub const fn new(count: u8) -> Option<Self> {
        if matches!(count, 1..=5) { Some(Self(count)) } else { None }
    }

    /// How many.
    #[must_use]
    pub const fn count(self) -> u8 {
        self.0
    }
}

/// Who sees a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Everybody.
    Published,
    /// Its author and the moderators, who have yet to decide.
    Held,
    /// Its author and the moderators, who decided.
    Rejected,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Published, Self::Held, Self::Rejected];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Held => "held",
            Self::Rejected => "rejected",
        }
    }

    /// The standing of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.name() == name)
    }
}

/// A review as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// What it is about.
    pub product: ProductId,
    /// Who wrote it.
    pub author: UserId,
    /// How the author is called beside it; empty once the person is gone.
    pub byline: String,
    /// The verdict.
    pub stars: Stars,
    /// One line; may be empty.
    pub title: String,
    /// The words.
    pub text: String,
    /// Whether the product was sent to the author.
    pub verified: bool,
    /// Who sees it.
    pub standing: Standing,
    /// When it was written.
    pub created: Timestamp,
    /// When its words changed last, if they did.
    pub edited: Option<Timestamp>,
    /// Accounts that found it helpful.
    pub helpful: u32,
    /// Accounts that reported it since a moderator last looked.
    pub reports: u32,
    /// Grows with each change that a consumer may want to hear of.
    pub version: u64,
}

/// What somebody wants to say, unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// The verdict.
    pub stars: u8,
    /// One line.
    pub title: String,
    /// The words.
    pub text: String,
}

/// Who wants to say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The principal.
    pub user: UserId,
    /// The account's name; none for a guest, who may read only.
    pub name: Option<String>,
    /// Whether mail to the account's address reaches them: see [`crate::ReviewRefusal::EmailUnverified`].
    pub email_verified: bool,
}

/// What an account can leave on somebody's review, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// It was helpful.
    Helpful,
    /// A moderator should look.
    Report,
}

impl Mark {
    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Helpful => "helpful",
            Self::Report => "report",
        }
    }

    /// The mark of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Helpful, Self::Report].into_iter().find(|mark| mark.name() == name)
    }
}

/// A mark that an account left, for who shows all that is kept of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    /// On which review.
    pub review: ReviewId,
    /// Of which product.
    pub product: ProductId,
    /// What.
    pub mark: Mark,
}

/// What a moderator decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Everybody may see it.
    Publish,
    /// Nobody else sees it.
    Reject,
}

/// The published reviews of a product, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// How many gave one star, two, three, four, five.
    pub histogram: [u32; 5],
}

impl Summary {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.histogram.iter().sum()
    }

    /// The mean times ten, rounded half up; 0 when there is none.
    #[must_use]
    pub fn mean_tenths(&self) -> u8 {
        let count = u64::from(self.count());
        let points = self.histogram.iter().zip(1_u64..);
        let sum: u64 = points.map(|(many, stars)| u64::from(*many) * stars).sum();
        let tenths = (sum * 20 + count).checked_div(count * 2).unwrap_or_default();
        u8::try_from(tenths).unwrap_or(50)
    }
}

/// The order of a product's reviews; equals stand newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sorting {
    /// Most helpful votes first.
    #[default]
    Helpful,
    /// Latest written first.
    Newest,
    /// Most stars first.
    Highest,
    /// Fewest stars first.
    Lowest,
}

impl Sorting {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Helpful, Self::Newest, Self::Highest, Self::Lowest];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Helpful => "helpful",
            Self::Newest => "newest",
            Self::Highest => "highest",
            Self::Lowest => "lowest",
        }
    }

    /// The order of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sorting| sorting.name() == name)
    }
}

/// Where a review stands in an order: the page after it begins there. Greater spots come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// By what is sorted.
    pub rank: i64,
    /// The review's key.
    pub key: i64,
}

impl Spot {
    /// Its text, for addresses.
    #[must_use]
    pub fn text(self) -> String {
        format!("{}.{:x}", self.rank, self.key)
    }

    /// Reads it back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (rank, key) = text.split_once('.')?;
        Some(Self { rank: rank.parse().ok()?, key: i64::from_str_radix(key, 16).ok()? })
    }
}
