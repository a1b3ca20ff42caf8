//! Names derived from names: slugs, attribute names and labels, the department's bucket.

use souk_kernel::Bucket;

/// The longest slug, in bytes.
const SLUG_MAX: usize = 80;

/// A readable part of an address: lower-case ASCII letters, digits and single hyphens; `item` when
/// nothing is left. The id beside it does the finding.
#[must_use]
pub fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        let piece = plain_letter(c);
        if slug.len() + piece.len().max(1) > SLUG_MAX {
            break;
        }
        match piece {
            "" if c.is_ascii_alphanumeric() => slug.push(c),
            // A mark above or below belongs to the letter before it.
            "" if ('\u{300}'..='\u{36f}').contains(&c) => {}
            "" if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            piece => slug.push_str(piece),
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    if slug.is_empty() { "item".to_owned() } else { slug }
}

/// What a letter outside ASCII is written as in a slug.
fn plain_letter(c: char) -> &'static str {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'ı' => "i",
        'ğ' => "g",
        'ñ' | 'ń' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o",
        'ö' | 'œ' => "oe",
        'ù' | 'ú' | 'û' => "u",
        'ü' => "ue",
        'ß' => "ss",
        'ś' | 'š' | 'ş' => "s",
        'ý' | 'ÿ' => "y",
        'ž' | 'ź' | 'ż' => "z",
        _ => "",
    }
}

/// An attribute's name as it is stored and filtered by: lower case, words joined by `_`.
/// `Screen size (typical)` and `screen_size__typical_` are both `screen_size_typical`.
#[must_use]
pub fn attribute_name(raw: &str) -> String {
    let mut name = String::with_capacity(raw.len());
    for c in raw.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}

/// Words that are written in capitals in a label.
const CAPITALS: [&str; 26] = [
    "ac", "bios", "cpu", "dc", "ddr", "dpi", "dvd", "dvi", "gpu", "gps", "hdd", "hdmi", "isbn",
    "lan", "lcd", "led", "nfc", "os", "ram", "rohs", "ssd", "tv", "ups", "usb", "vga", "vpn",
];

/// An attribute's name as people read it: `usb_2_0_ports_quantity` is "USB 2.0 ports quantity".
#[must_use]
pub fn attribute_label(name: &str) -> String {
    let mut label = String::with_capacity(name.len());
    let mut after_number = false;
    for (at, word) in name.split('_').filter(|word| !word.is_empty()).enumerate() {
        let number = word.bytes().all(|b| b.is_ascii_digit());
        if at > 0 {
            label.push(if number && after_number { '.' } else { ' ' });
        }
        after_number = number;
        if CAPITALS.contains(&word) {
            label.extend(word.chars().flat_map(char::to_uppercase));
        } else if at == 0 {
            let mut letters = word.chars();
            label.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            label.push_str(letters.as_str());
        } else {
            label.push_str(word);
        }
    }
    label
}

const PHOTO: &str = "photo-";

/// The name of a kept picture with this digest.
#[must_use]
pub fn photo_name(digest: [u8; 16]) -> String {
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{PHOTO}{digits}")
}

/// Whether a product's image is a photo that the shop keeps; otherwise it is an address elsewhere.
#[must_use]
pub fn is_photo(image: &str) -> bool {
    let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    image
        .strip_prefix(PHOTO)
        .is_some_and(|digits| digits.len() == 32 && digits.bytes().all(lower_hex))
}

/// The shard bucket of a department: the first level of a category path, `None` for products without
/// one. The same in every process and release (FNV-1a over the lower-case name).
#[must_use]
pub fn department_bucket(department: Option<&str>) -> Bucket {
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    for byte in department.unwrap_or("").to_lowercase().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    Bucket::of(hash ^ (hash >> 32))
}
