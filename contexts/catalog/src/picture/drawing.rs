//! The drawings: what a thing looks like, by the words of its title and category.
//!
//! `drawings/*.txt` holds them: `## name floor=340 shadow=100 focus=200,180` opens one, in a field of
//! 400 by 400; its colours are written as [`super::paint`] reads them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How a drawing stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drawing {
    pub svg: &'static str,
    /// Where it touches the floor; `None`: it lies or hangs, and throws its shadow on the ground.
    pub floor: Option<f32>,
    /// Half the width of its shadow.
    pub shadow: f32,
    /// Where to look closely.
    pub focus: (f32, f32),
}

macro_rules! drawings {
    ($($name:literal),* $(,)?) => {
        const SOURCES: &[&str] = &[$(include_str!(concat!("../../drawings/", $name, ".txt"))),*];
    };
}

drawings!(
    "kitchen",
    "pantry",
    "home",
    "garden",
    "outdoor",
    "electronics",
    "office",
    "toys",
    "wear",
    "care",
    "sport",
    "tools",
);

/// `drawing: words of titles and categories`; the longest word that occurs is meant.
const WORDS: &str = include_str!("../../drawings/words.list");

static DRAWINGS: LazyLock<BTreeMap<&str, Drawing>> = LazyLock::new(|| {
    let sections = SOURCES.iter().flat_map(|source| source.split("## ").skip(1));
    sections.filter_map(read).collect()
});

static BY_WORD: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let lines = WORDS.lines().filter_map(|line| line.split_once(':'));
    let words = lines.flat_map(|(name, words)| words.split(',').map(move |w| (w.trim(), name)));
    let mut words: Vec<_> = words.collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    words
});

/// The drawing for a title, or for a category from the leaf up; its name, and itself.
pub(super) fn of(title: &str, category: &[String]) -> Option<(&'static str, Drawing)> {
    let texts = std::iter::once(title).chain(category.iter().rev().map(String::as_str));
    for text in texts {
        let text = text.to_lowercase();
        let hit = BY_WORD.iter().find(|(word, _)| names(&text, word));
        if let Some((_, name)) = hit {
            return DRAWINGS.get_key_value(name).map(|(name, drawing)| (*name, *drawing));
        }
    }
    None
}

/// Whether the word stands in the text, alone or in the plural.
fn names(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let after = &text[at + word.len()..];
        let after = after.strip_prefix("es").or(after.strip_prefix('s')).unwrap_or(after);
        !text[..at].ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    })
}

fn read(section: &'static str) -> Option<(&'static str, Drawing)> {
    let (head, svg) = section.split_once('\n')?;
    let mut words = head.split_whitespace();
    let name = words.next()?;
    let mut drawing =
        Drawing { svg: svg.trim(), floor: None, shadow: 100.0, focus: (200.0, 170.0) };
    for word in words {
        match word.split_once('=')? {
            ("floor", at) => drawing.floor = Some(at.parse().ok()?),
            ("shadow", half) => drawing.shadow = half.parse().ok()?,
            ("focus", at) => {
                let (x, y) = at.split_once(',')?;
                drawing.focus = (x.parse().ok()?, y.parse().ok()?);
            }
            _ => return None,
        }
    }
    Some((name, drawing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawing_is_read_and_has_words() {
        let heads = SOURCES.iter().map(|source| source.matches("## ").count()).sum::<usize>();
        assert_eq!(DRAWINGS.len(), heads, "two have one name, or a head is wrong");
        for (word, name) in BY_WORD.iter() {
            assert!(DRAWINGS.contains_key(name), "{word}: no drawing {name}");
        }
        for (name, drawing) in DRAWINGS.iter() {
            assert!(BY_WORD.iter().any(|(_, of)| of == name), "nothing looks like {name}");
            let tags = |tag: &str| drawing.svg.matches(tag).count();
            assert_eq!(tags("<g>") + tags("<g "), tags("</g>"), "{name}: groups are not closed");
        }
    }

    #[test]
    fn the_longest_word_decides() {
        let drawn = |title: &str| of(title, &[]).map(|(name, _)| name);
        assert_eq!(drawn("Brandt Atlas desk lamp"), Some("desk_lamp"));
        assert_eq!(drawn("Quilted baby sleeping bag"), Some("folded"));
        assert_eq!(drawn("Sleeping bag"), Some("roll"));
        assert_eq!(drawn("Champagne"), None, "a part of a word is no word");
        assert_eq!(
            of("Fjord", &["Kitchen".into(), "Knives".into()]).map(|d| d.0),
            Some("knife_chef")
        );
    }
}
