//! Text as people see it: what is drawn as nothing, or turns the words around it, is no part of it.

/// Keeps letters apart that would join; Persian spells with it.
const NON_JOINER: char = '\u{200c}';
/// Joins letters, and faces to families.
const JOINER: char = '\u{200d}';
/// What the tags of a region's flag stand behind.
const FLAG: char = '\u{1f3f4}';
/// A cell of braille without dots: a blank that calls itself a symbol.
const BRAILLE_BLANK: char = '\u{2800}';

/// A text without what nobody sees: zero-width characters, marks that turn the direction of what stands
/// around them, fillers, soft hyphens. What spells words and pictures stays where it does: a joiner
/// between letters or pictures, the choice of a glyph behind one, the tags of a flag.
#[must_use]
pub fn legible(text: &str) -> String {
    let blank = |c| if c == BRAILLE_BLANK { ' ' } else { c };
    let mut rest = text.chars().filter(|c| !is_unseen(*c)).map(blank).peekable();
    let mut kept = String::with_capacity(text.len());
    while let Some(c) = rest.next() {
        let before = kept.chars().next_back();
        let stays = match c {
            NON_JOINER | JOINER => {
                before.is_some_and(joins)
                    && rest.peek().is_some_and(|next| joins(*next) && !is_silent(*next))
            }
            c if is_selector(c) => before.is_some_and(|c| !c.is_whitespace() && !is_silent(c)),
            c if is_tag(c) => before.is_some_and(|c| c == FLAG || is_tag(c)),
            _ => true,
        };
        if stays {
            kept.push(c);
        }
    }
    kept
}

/// How many characters of a text are seen: a run of blanks counts one, what only shapes the character
/// before it none.
#[must_use]
pub fn seen(text: &str) -> usize {
    let mut after_blank = true;
    let mut count = 0;
    for c in text.chars() {
        let blank = c.is_whitespace() || c.is_control() || c == BRAILLE_BLANK;
        if is_unseen(c) || is_silent(c) || is_accent(c) || (blank && after_blank) {
            continue;
        }
        after_blank = blank;
        count += 1;
    }
    count
}

/// Whether a joiner beside this character can have a meaning.
fn joins(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && !c.is_control() && !matches!(c, NON_JOINER | JOINER)
}

/// Has a meaning behind another character, and no width of its own.
const fn is_silent(c: char) -> bool {
    matches!(c, NON_JOINER | JOINER) || is_selector(c) || is_tag(c)
}

/// Chooses the glyph of the character before it.
const fn is_selector(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

const fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// Stands above or below the character before it.
const fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// What Unicode lets be ignored when it is drawn (`Default_Ignorable_Code_Point`), without what
/// [`is_silent`] knows; and the anchors of annotations.
const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e001f}'
        | '\u{e0080}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_nobody_sees_goes() {
        let hidden =
            ["\u{200b}", "\u{202e}", "\u{2066}", "\u{2069}", "\u{feff}", "\u{ad}", "\u{3164}"];
        for mark in hidden {
            assert_eq!(legible(&format!("{mark}Ad{mark}a{mark}{mark}")), "Ada", "{mark:?}");
            assert_eq!(seen(&mark.repeat(12)), 0, "{mark:?}");
        }
        assert_eq!(legible("a\u{200d}b\u{200c}"), "ab", "no joiner has a meaning here");
        assert_eq!(legible("\u{200d}\u{fe0f}\u{e0067}"), "");
        assert_eq!(legible("a\u{2800}b"), "a b");
    }

    #[test]
    fn what_spells_words_and_pictures_stays() {
        let persian = "می\u{200c}خواهم";
        let sinhala = "ශ්\u{200d}රී";
        let family = "👩\u{200d}👩\u{200d}👧";
        let heart = "❤\u{fe0f}\u{200d}🔥";
        let keycap = "1\u{fe0f}\u{20e3}";
        let england = "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
        for text in [persian, sinhala, family, heart, keycap, england, "naïve\nÜber 漢字"] {
            assert_eq!(legible(text), text);
        }
        assert_eq!(legible("م\u{200c}\u{200c}\u{200b}\u{200c}خ"), "م\u{200c}خ", "one is enough");
    }

    #[test]
    fn what_is_seen_is_counted() {
        assert_eq!(seen("Very good!"), 10);
        assert_eq!(seen("a          b"), 3);
        assert_eq!(seen("  \n\u{2800} "), 0);
        assert_eq!(seen(&format!("e{}", "\u{301}".repeat(20))), 1);
        assert_eq!(seen("👩\u{200d}👧"), 2);
    }

    proptest! {
        #[test]
        fn what_is_legible_stays_as_it_is(text in "[a م🏴👩\u{200b}-\u{200f}\u{202e}\u{2800}\u{fe0f}\u{e0067}\u{301}]{0,12}") {
            let kept = legible(&text);
            prop_assert_eq!(legible(&kept), kept.clone());
            prop_assert_eq!(seen(&text) == 0, kept.chars().all(|c| c.is_whitespace() || is_accent(c) || is_silent(c)));
        }
    }
}
