//! A picture for every product: drawn from its category, its brand and its id, in two colours on a
//! soft ground. The same product always looks the same; no photograph is needed, none is pretended.

mod glyph;

use crate::model::Product;
use glyph::Glyph;
use std::fmt::Write;

/// Width and height of a picture, in its own units.
const SIDE: u32 = 400;

/// The product's picture: a whole SVG document, safe whatever the product is called.
#[must_use]
pub fn picture_svg(product: &Product) -> String {
    let glyph = Glyph::of(product);
    let palette = Palette::of(product, glyph);
    let seed = hash(product.id.bytes());
    let mut svg = String::with_capacity(2_048);
    let title = escaped(&product.title);
    // Writing into a string can't fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIDE} {SIDE}\" role=\"img\" \
         aria-label=\"{title}\"><title>{title}</title>"
    );
    let _ = write!(svg, "<rect width=\"{SIDE}\" height=\"{SIDE}\" fill=\"{}\"/>", palette.ground);
    backdrop(&mut svg, seed, &palette);
    let tilt = (seed >> 24) % 9;
    let turn = f64::from(u32::try_from(tilt).unwrap_or(4)) - 4.0;
    let _ = write!(
        svg,
        "<ellipse cx=\"200\" cy=\"322\" rx=\"108\" ry=\"13\" fill=\"{}\" opacity=\".16\"/>\
         <g transform=\"rotate({turn} 200 200)\" fill=\"{main}\" stroke=\"{main}\" \
         stroke-width=\"0\" stroke-linejoin=\"round\" stroke-linecap=\"round\">",
        palette.dark,
        main = palette.main,
    );
    glyph.draw(&mut svg, &palette);
    svg.push_str("</g>");
    badge(&mut svg, product, &palette);
    svg.push_str("</svg>");
    svg
}

/// The colours of one picture.
pub(crate) struct Palette {
    ground: String,
    halo: String,
    pub(crate) main: String,
    pub(crate) accent: String,
    pub(crate) dark: String,
    pub(crate) light: String,
}

impl Palette {
    /// The hue belongs to the kind of thing, shifted a little by the brand; a product that names a
    /// colour is drawn in it.
    fn of(product: &Product, glyph: Glyph) -> Self {
        let brand = product.brand.as_deref().unwrap_or(&product.title);
        let shift = hash(brand.as_bytes()) % 50;
        let hue = (u64::from(glyph.hue()) + 335 + shift) % 360;
        let own = product.attributes.get("colour").or(product.attributes.get("product_colour"));
        let own = own.and_then(|colours| colours.first()).and_then(|name| named_colour(name));
        let (main_hue, saturation, lightness) = own.unwrap_or((hue, 48, 44));
        let accent = (main_hue + 150 + hash(product.id.bytes()) % 60) % 360;
        Self {
            ground: format!("hsl({hue} 42% 94%)"),
            halo: format!("hsl({hue} 45% 88%)"),
            main: format!("hsl({main_hue} {saturation}% {lightness}%)"),
            accent: format!("hsl({accent} 62% 62%)"),
            dark: format!("hsl({hue} 35% 20%)"),
            light: format!("hsl({hue} 45% 97%)"),
        }
    }
}

/// Hue, saturation and lightness of a colour's name.
fn named_colour(name: &str) -> Option<(u64, u32, u32)> {
    let name = name.to_lowercase();
    let table: [(&str, (u64, u32, u32)); 22] = [
        ("black", (220, 8, 22)),
        ("anthracite", (220, 8, 28)),
        ("graphite", (220, 8, 30)),
        ("white", (40, 12, 84)),
        ("ivory", (45, 35, 82)),
        ("silver", (215, 8, 66)),
        ("grey", (215, 6, 52)),
        ("gray", (215, 6, 52)),
        ("navy", (222, 48, 30)),
        ("blue", (212, 60, 48)),
        ("teal", (180, 46, 36)),
        ("green", (140, 38, 38)),
        ("sage", (110, 18, 52)),
        ("olive", (70, 34, 36)),
        ("yellow", (46, 82, 52)),
        ("ochre", (36, 62, 46)),
        ("orange", (24, 78, 52)),
        ("terracotta", (14, 52, 50)),
        ("red", (2, 62, 46)),
        ("pink", (338, 58, 66)),
        ("brown", (24, 38, 34)),
        ("natural", (34, 40, 62)),
    ];
    table.into_iter().find(|(known, _)| name.contains(known)).map(|(_, colour)| colour)
}

/// One of three quiet shapes behind the thing.
fn backdrop(svg: &mut String, seed: u64, palette: &Palette) {
    let halo = &palette.halo;
    let _ = match seed % 3 {
        0 => write!(svg, "<circle cx=\"200\" cy=\"196\" r=\"150\" fill=\"{halo}\"/>"),
        1 => write!(
            svg,
            "<rect x=\"62\" y=\"54\" width=\"276\" height=\"284\" rx=\"138\" fill=\"{halo}\"/>"
        ),
        _ => write!(
            svg,
            "<path d=\"M60 214C46 120 122 44 214 52s150 78 130 168-90 128-164 120S70 296 60 214z\" \
             fill=\"{halo}\"/>"
        ),
    };
}

/// The brand's initials, small in a corner.
fn badge(svg: &mut String, product: &Product, palette: &Palette) {
    let initials = product.brand.as_deref().map(initials).unwrap_or_default();
    if initials.is_empty() {
        return;
    }
    let _ = write!(
        svg,
        "<g><rect x=\"24\" y=\"340\" width=\"{}\" height=\"36\" rx=\"18\" fill=\"{}\" \
         opacity=\".9\"/><text x=\"{}\" y=\"364\" font-family=\"ui-sans-serif,system-ui,sans-serif\" \
         font-size=\"17\" font-weight=\"600\" letter-spacing=\"1\" text-anchor=\"middle\" fill=\"{}\">{}\
         </text></g>",
        28 + 14 * initials.chars().count(),
        palette.light,
        24 + (28 + 14 * initials.chars().count()) / 2,
        palette.dark,
        escaped(&initials),
    );
}

/// Up to three letters: `Tripp Lite` is TL, `Xerox` is XE, `3M` is 3M.
fn initials(brand: &str) -> String {
    let starts = brand.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut letters: Vec<char> = starts.filter_map(|word| word.chars().next()).take(3).collect();
    if letters.len() < 2 {
        letters = brand.chars().filter(|c| c.is_alphanumeric()).take(2).collect();
    }
    letters.into_iter().flat_map(char::to_uppercase).take(4).collect()
}

/// Text that can't leave its place in a document.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Characters that XML forbids.
            c if c.is_control() || c == '\u{fffe}' || c == '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

/// FNV-1a: the same in every process and release.
fn hash(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    let hash = bytes.iter().fold(0xCBF2_9CE4_8422_2325, step);
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Attributes;
    use souk_kernel::{ProductId, Timestamp};

    fn product(title: &str, brand: Option<&str>, path: &[&str]) -> Product {
        Product {
            id: ProductId::from_bytes([7; 16]),
            external: None,
            title: title.into(),
            description: String::new(),
            brand: brand.map(Into::into),
            category_path: path.iter().map(|level| (*level).to_owned()).collect(),
            attributes: Attributes::new(),
            images: Vec::new(),
            gtins: Vec::new(),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            version: 1,
        }
    }

    /// Every tag closed, nothing that could run.
    fn assert_well_formed(svg: &str) {
        let mut open: Vec<&str> = Vec::new();
        let mut rest = svg;
        while let Some(at) = rest.find('<') {
            assert!(!rest[..at].contains('>'), "a stray > in {svg}");
            let end = rest[at..].find('>').expect("a closed tag") + at;
            let tag = &rest[at + 1..end];
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "{svg}");
            } else if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap_or(tag));
            }
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            rest = &rest[end + 1..];
        }
        assert!(open.is_empty());
        assert!(!svg.contains("script") && !svg.contains("href"));
    }

    #[test]
    fn every_glyph_is_well_formed_and_different() {
        let mut seen = std::collections::BTreeSet::new();
        for glyph in Glyph::ALL {
            let thing = product("Thing", None, &[]);
            let mut svg = String::from("<g>");
            glyph.draw(&mut svg, &Palette::of(&thing, glyph));
            svg.push_str("</g>");
            assert_well_formed(&svg);
            assert!(seen.insert(svg), "{glyph:?} looks like another");
        }
    }

    #[test]
    fn a_name_can_not_leave_its_place() {
        let hostile = "\"/><script>alert(1)</script>&amp;'\u{0}\u{8}";
        let svg = picture_svg(&product(hostile, Some("<&\""), &["<b>"]));
        assert!(!svg.contains("<script"));
        assert!(svg.contains("&lt;script&gt;"));
        assert!(!svg.chars().any(char::is_control));
        assert_well_formed(&svg.replace("script", ""));
    }

    #[test]
    fn the_same_product_looks_the_same_and_kinds_differ() {
        let draw = |path: &[&str]| picture_svg(&product("Thing", Some("Tripp Lite"), path));
        assert_eq!(draw(&["Audio"]), draw(&["Audio"]));
        assert_ne!(draw(&["Audio"]), draw(&["Printing"]));
        assert!(draw(&["Audio"]).contains(">TL<"));
        assert_eq!(initials("Xerox"), "XE");
        assert_eq!(initials("3M"), "3M");
        assert_eq!(initials("StarTech.com"), "SC");
        assert_eq!(initials("…"), "");
    }
}
