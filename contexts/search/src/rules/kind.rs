//! What kind of thing a product is, against the kind that was asked for: told by the last word of
//! its category's own name. A "notebook stand" has to do with notebooks and is none.

use super::plan::Plan;
use super::ranking::term_hash;
use super::tokens::terms;

/// How a product's kind stands to what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Kind {
    /// Nothing is known, or the kind has nothing to do with the words.
    #[default]
    Other,
    /// The kind only has to do with it.
    About,
    /// It is what was asked for.
    Same,
}

/// While fewer hits are of the kind that was asked for, kinds say nothing: the last word was no
/// kind.
pub const ENOUGH: usize = 3;

impl Kind {
    /// What is multiplied to the score.
    #[must_use]
    pub const fn factor(self) -> f32 {
        match self {
            Self::Same => 1.3,
            Self::About => 0.7,
            Self::Other => 1.0,
        }
    }
}

/// A category's own name as hashes of its terms.
#[must_use]
pub fn leaf(category: &[String]) -> Vec<u32> {
    let mut hashes = Vec::new();
    if let Some(name) = category.last() {
        terms(name, |term| hashes.push(term_hash(&term)));
    }
    hashes
}

/// The kind that a text asks for: its last word, in every way to say it.
#[derive(Debug, Clone, Default)]
pub struct AskedKind(Vec<u32>);

impl AskedKind {
    /// What `plan` asks for.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let ways = plan.groups.last().into_iter().flat_map(|group| &group.alternatives);
        Self(ways.filter_map(|way| way.terms.last()).map(|term| term_hash(term)).collect())
    }

    /// How a category with this [`leaf`] stands to it.
    #[must_use]
    pub fn compare(&self, leaf: &[u32]) -> Kind {
        match leaf {
            [.., last] if self.0.contains(last) => Kind::Same,
            _ if leaf.iter().any(|term| self.0.contains(term)) => Kind::About,
            _ => Kind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::plan::{Alternative, Group};

    #[test]
    fn the_last_word_tells() {
        let way = |term: &str, weight| Alternative { terms: vec![term.to_owned()], weight };
        let alternatives = vec![way("laptop", 1.0), way("notebook", 0.9)];
        let group = Group { term: "laptop".to_owned(), alternatives };
        let asked = AskedKind::of(&Plan { groups: vec![group], ..Plan::default() });
        for (category, kind) in [
            ("Notebooks", Kind::Same),
            ("Notebook stands", Kind::About),
            ("Kettles", Kind::Other),
            ("", Kind::Other),
        ] {
            let leaf = leaf(&["Computers".to_owned(), category.to_owned()]);
            assert_eq!(asked.compare(&leaf), kind, "{category}");
        }
        assert_eq!(AskedKind::default().compare(&leaf(&["Kettles".to_owned()])), Kind::Other);
    }
}
