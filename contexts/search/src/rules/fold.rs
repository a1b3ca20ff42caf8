//! One spelling for what shoppers write in many: lower case, no accents, plain digits and letters.

/// Folds one character into `out`: nothing for marks that only decorate, up to two characters for
/// ligatures. Characters of other scripts are only lowered.
pub fn fold_char(c: char, out: &mut String) {
    match c {
        'A'..='Z' => out.push(c.to_ascii_lowercase()),
        '\0'..='\u{7f}' => out.push(c),
        '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{200b}'..='\u{200d}' | '\u{ad}' => {}
        '\u{ff01}'..='\u{ff5e}' => {
            let ascii = char::from_u32(c as u32 - 0xfee0).unwrap_or(' ');
            out.push(ascii.to_ascii_lowercase());
        }
        _ => {
            for low in c.to_lowercase() {
                match latin(low) {
                    Some(plain) => out.push_str(plain),
                    None if ('\u{300}'..='\u{36f}').contains(&low) => {}
                    None => out.push(low),
                }
            }
        }
    }
}

/// Folds a text.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| fold_char(c, &mut out));
    out
}

/// The plain letters of a lower-case accented Latin letter.
fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'µ' => "u",
        '²' => "2",
        '³' => "3",
        _ => return None,
    })
}

/// Whether a character is a word of its own, because its script has no spaces.
#[must_use]
pub const fn stands_alone(c: char) -> bool {
    matches!(c as u32, 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x2fa1f)
}

/// The stem of a folded word: English plurals only (the "S" stemmer; Harman 1991), because a
/// stronger one joins words that a shop must keep apart. Words with digits stay as they are.
#[must_use]
pub fn stem(word: &str) -> &str {
    let bytes = word.as_bytes();
    let n = bytes.len();
    if n < 4 || bytes[n - 1] != b's' || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word;
    }
    match bytes[n - 2] {
        b's' | b'u' | b'i' => word,
        b'e' => stem_es(word),
        _ => &word[..n - 1],
    }
}

/// `…es`: "boxes" loses both letters, "cables" one. ("batteries" is handled by [`stem_into`].)
fn stem_es(word: &str) -> &str {
    let n = word.len();
    let before = &word[..n - 2];
    let sibilant = before.ends_with("ss")
        || before.ends_with("sh")
        || before.ends_with("ch")
        || before.ends_with('x')
        || before.ends_with("zz");
    if sibilant { before } else { &word[..n - 1] }
}

/// The stem as an owned word, with "…ies" turned into "…y".
#[must_use]
pub fn stem_into(word: &str) -> String {
    let plain = word.bytes().all(|b| b.is_ascii_lowercase());
    match word.strip_suffix("ies") {
        Some(root) if plain && root.len() > 2 => format!("{root}y"),
        _ => stem(word).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_accents_widths_and_marks() {
        for (text, folded) in [
            ("Écran PLAT", "ecran plat"),
            ("Straße", "strasse"),
            ("ｉＰａｄ", "ipad"),
            ("e\u{301}cran", "ecran"),
            ("Großer Łódź", "grosser lodz"),
            ("İstanbul", "istanbul"),
            ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
            ("Кабель", "кабель"),
            ("5 m²", "5 m2"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn stems_plurals_and_nothing_else() {
        for (word, root) in [
            ("batteries", "battery"),
            ("laptops", "laptop"),
            ("cables", "cable"),
            ("switches", "switch"),
            ("boxes", "box"),
            ("glass", "glass"),
            ("bus", "bus"),
            ("series", "sery"),
            ("ps4s", "ps4s"),
            ("usb", "usb"),
            ("ties", "tie"),
            ("headphone", "headphone"),
        ] {
            assert_eq!(stem_into(word), root);
        }
    }
}
