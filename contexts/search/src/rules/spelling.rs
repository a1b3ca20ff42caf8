//! Better spellings, learnt from the catalogue's own words: a bounded list that is scanned, not a
//! table of every possible mistake.
//!
//! Each word has a signature of the letters in it. One edit changes at most two of its bits, so a
//! scan over a few bytes per word leaves only a few words to compare letter by letter.

use std::collections::HashMap;

/// The most words that are kept, the most frequent ones: about 3 MB.
pub const MAX_WORDS: usize = 100_000;
/// Words longer than this are neither corrected nor learnt.
pub const MAX_WORD_CHARS: usize = 24;

/// The catalogue's words with how many products have each.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// In alphabetical order.
    words: Vec<Word>,
    letters: String,
    /// For each length in characters, the words of that length.
    by_length: Vec<Lane>,
}

#[derive(Debug, Clone, Copy)]
struct Word {
    start: u32,
    bytes: u16,
    products: u32,
}

#[derive(Debug, Default, Clone)]
struct Lane {
    signatures: Vec<u32>,
    words: Vec<u32>,
}

/// A word that may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The word.
    pub word: String,
    /// How many products have it.
    pub products: u32,
    /// Edits from what was typed: one letter more, less or other, or two swapped.
    pub distance: u8,
}

impl Vocabulary {
    /// Learns words and how many products have each; repeated words add up.
    #[must_use]
    pub fn learn(words: impl IntoIterator<Item = (String, u32)>) -> Self {
        let mut sums: HashMap<String, u32> = HashMap::new();
        for (word, products) in words {
            let length = word.chars().count();
            if (3..=MAX_WORD_CHARS).contains(&length) {
                *sums.entry(word).or_default() += products;
            }
        }
        let mut all: Vec<(String, u32)> = sums.into_iter().collect();
        if all.len() > MAX_WORDS {
            all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            all.truncate(MAX_WORDS);
        }
        all.sort_unstable();
        let mut vocabulary = Self::default();
        vocabulary.by_length.resize(MAX_WORD_CHARS + 1, Lane::default());
        for (word, products) in all {
            vocabulary.add(&word, products);
        }
        vocabulary
    }

    fn add(&mut self, word: &str, products: u32) {
        let index = self.words.len() as u32;
        let lane = &mut self.by_length[word.chars().count()];
        lane.signatures.push(signature(word));
        lane.words.push(index);
        let start = self.letters.len() as u32;
        self.letters.push_str(word);
        self.words.push(Word { start, bytes: word.len() as u16, products });
    }

    fn text(&self, word: Word) -> &str {
        &self.letters[word.start as usize..word.start as usize + usize::from(word.bytes)]
    }

    /// How many words are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether no word is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How many products have this very word.
    #[must_use]
    pub fn products(&self, word: &str) -> u32 {
        let found = self.words.binary_search_by(|w| self.text(*w).cmp(word));
        found.map_or(0, |at| self.words[at].products)
    }

    /// Words that begin with `prefix`, most frequent first.
    #[must_use]
    pub fn completions(&self, prefix: &str, limit: usize) -> Vec<(&str, u32)> {
        let start = self.words.partition_point(|w| self.text(*w) < prefix);
        let range = self.words[start..].iter().take_while(|w| self.text(**w).starts_with(prefix));
        let mut found: Vec<(&str, u32)> = range.map(|w| (self.text(*w), w.products)).collect();
        found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        found.truncate(limit);
        found
    }

    /// The best other word within `most` edits (1 or 2), if there is one: near before far, the
    /// same first letter before another, frequent before rare.
    #[must_use]
    pub fn correct(&self, typed: &str, most: u8) -> Option<Candidate> {
        let letters: Vec<char> = typed.chars().collect();
        if letters.len() > MAX_WORD_CHARS {
            return None;
        }
        (1..=most).find_map(|distance| self.nearest(typed, &letters, distance))
    }

    fn nearest(&self, typed: &str, letters: &[char], distance: u8) -> Option<Candidate> {
        let own = signature(typed);
        let reach = usize::from(distance);
        let shortest = letters.len().saturating_sub(reach);
        let mut best: Option<(f32, Word)> = None;
        let mut spare: Vec<char> = Vec::with_capacity(MAX_WORD_CHARS);
        for lane in self.by_length.iter().take(letters.len() + reach + 1).skip(shortest) {
            for (at, other) in lane.signatures.iter().enumerate() {
                if (own ^ other).count_ones() > 2 * u32::from(distance) {
                    continue;
                }
                let word = self.words[lane.words[at] as usize];
                let worth = worth(letters[0], self.text(word), word.products);
                if best.is_some_and(|(least, _)| worth <= least) {
                    continue;
                }
                spare.clear();
                spare.extend(self.text(word).chars());
                if within(letters, &spare, distance) && self.text(word) != typed {
                    best = Some((worth, word));
                }
            }
        }
        best.map(|(_, word)| Candidate {
            word: self.text(word).to_owned(),
            products: word.products,
            distance,
        })
    }
}

/// How likely a word was meant, at equal distance.
fn worth(first: char, word: &str, products: u32) -> f32 {
    let same_start = if word.starts_with(first) { 2.0 } else { 0.0 };
    (1.0 + products as f32).ln() + same_start
}

/// Which letters a word has, in 32 bits.
fn signature(word: &str) -> u32 {
    word.chars().fold(0, |bits, c| {
        let bit = if c.is_ascii_lowercase() { c as u32 - 'a' as u32 } else { 26 + c as u32 % 6 };
        bits | 1 << bit
    })
}

/// Whether two words are at most `most` (1 or 2) edits apart, where two neighbours that changed
/// places are one edit (optimal string alignment).
#[must_use]
pub fn within(a: &[char], b: &[char], most: u8) -> bool {
    const ROW: usize = MAX_WORD_CHARS + 1;
    let most = usize::from(most);
    if a.len() >= ROW || b.len() >= ROW || a.len().abs_diff(b.len()) > most {
        return false;
    }
    let mut rows = [[0_u8; ROW]; 3];
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j as u8;
    }
    for i in 1..=a.len() {
        let (now, last, before) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[now][0] = i as u8;
        let mut least = rows[now][0];
        for j in 1..=b.len() {
            let same = a[i - 1] == b[j - 1];
            let mut cell = (rows[last][j - 1] + u8::from(!same))
                .min(rows[last][j] + 1)
                .min(rows[now][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cell = cell.min(rows[before][j - 2] + 1);
            }
            rows[now][j] = cell;
            least = least.min(cell);
        }
        if usize::from(least) > most {
            return false;
        }
    }
    usize::from(rows[a.len() % 3][b.len()]) <= most
}

/// How many edits may separate a word of `length` characters from what was meant.
#[must_use]
pub const fn reach(length: usize) -> u8 {
    match length {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(a: &str, b: &str, most: u8) -> bool {
        within(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), most)
    }

    #[test]
    fn counts_edits() {
        for (a, b, edits) in [
            ("laptop", "latpop", 1),
            ("laptop", "lpatop", 1),
            ("keyboard", "keybord", 1),
            ("keyboard", "kyebaord", 2),
            ("мышь", "мыш", 1),
            ("same", "same", 0),
            ("samsung", "sansumg", 2),
        ] {
            assert!(apart(a, b, edits.max(1)), "{a} {b}");
            assert!(edits == 0 || edits == 1 || !apart(a, b, 1), "{a} {b}");
        }
        assert!(!apart("printer", "pointers", 1));
        assert!(!apart("abc", "abcdef", 2));
    }

    #[test]
    fn prefers_near_then_frequent_words() {
        let known = [("printer", 90), ("printed", 3), ("sprinter", 2), ("pointer", 500)];
        let vocabulary = Vocabulary::learn(known.map(|(w, n)| (w.to_owned(), n)));
        let best = |typed: &str| vocabulary.correct(typed, 2).map(|c| c.word);
        assert_eq!(best("pritner").as_deref(), Some("printer"));
        assert_eq!(best("printre").as_deref(), Some("printer"));
        assert_eq!(best("zzzzzzz"), None);
        assert_eq!(vocabulary.products("printed"), 3);
        assert_eq!(vocabulary.products("print"), 0);
        assert_eq!(vocabulary.completions("pri", 5), [("printer", 90), ("printed", 3)]);
    }

    proptest::proptest! {
        #[test]
        fn one_mistake_is_always_found(word in "[a-z]{5,12}", at in 0_usize..12, how in 0_u8..3) {
            let vocabulary = Vocabulary::learn([(word.clone(), 7)]);
            let mut letters: Vec<char> = word.chars().collect();
            let at = at % (letters.len() - 1);
            match how {
                0 => letters.swap(at, at + 1),
                1 => { letters.remove(at); }
                _ => letters.insert(at, 'q'),
            }
            let typed: String = letters.into_iter().collect();
            let found = vocabulary.correct(&typed, 1).map(|c| c.word);
            proptest::prop_assert!(typed == word || found == Some(word));
        }
    }
}
