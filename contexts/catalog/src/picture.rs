//! A picture for every product: a drawing of the thing that its title names, in the colours that its
//! attributes name, on the ground that all pictures of the shop share; without a drawing, a sign of
//! its kind. The same product always looks the same; no photograph is needed, none is pretended.

mod choose;
mod colour;
mod drawing;
mod glyph;
mod paint;
mod scene;

use crate::model::{Product, Variant};
use glyph::Glyph;
use std::fmt::Write;

/// Width and height of a picture, in its own units.
const SIDE: u32 = 400;

/// Grows with each change of drawings: pictures get new addresses.
pub const EDITION: u64 = 1;

/// A view of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The whole thing on the shop's own ground.
    Front,
    /// In a room of colour.
    Room,
    /// Close by.
    Detail,
}

impl View {
    /// Every view, in the order of a gallery.
    pub const ALL: [Self; 3] = [Self::Front, Self::Room, Self::Detail];

    /// Its name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Room => "room",
            Self::Detail => "detail",
        }
    }

    /// The view of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }
}

/// The product's picture: a whole SVG document, safe whatever the product is called.
#[must_use]
pub fn picture_svg(product: &Product) -> String {
    view_svg(product, None, View::Front)
}

/// The same of one variant, seen in one way.
#[must_use]
pub fn view_svg(product: &Product, variant: Option<&Variant>, view: View) -> String {
    let title = escaped(&product.title);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{SIDE}\" height=\"{SIDE}\" \
         viewBox=\"0 0 {SIDE} {SIDE}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>"
    );
    match drawing::of(&product.title, &product.category_path) {
        Some((_, drawing)) => {
            let paints = choose::paints(product, variant);
            scene::draw(&mut svg, &drawing, &paints, view, seed(product));
        }
        None => sign(&mut svg, product, view),
    }
    svg.push_str("</svg>");
    svg
}

/// The colour, among those that the product comes in, that its picture is drawn in.
#[must_use]
pub fn face_colour(product: &Product) -> Option<&str> {
    choose::face(product)
}

/// What names a picture's content in its address, from what lists know of a product.
#[must_use]
pub fn print(product: souk_kernel::ProductId, title: &str, brand: &str) -> String {
    let text = format!("{EDITION}/{product}/{title}/{brand}");
    format!("{:016x}", hash(text.as_bytes()))
}

/// The same in every shop that holds the product, whatever its id there.
fn seed(product: &Product) -> u64 {
    let known = product.external.as_ref().map_or(&product.title, |external| &external.id);
    hash(known.as_bytes())
}

/// The colour that an option's value names, six hexadecimal digits; empty when it names none.
#[must_use]
pub fn swatch(value: &str) -> String {
    colour::named(value).map_or_else(String::new, colour::Colour::hex)
}

/// A product that nothing is known of but its kind: a sign in two colours.
fn sign(svg: &mut String, product: &Product, view: View) {
    let glyph = Glyph::of(product);
    let palette = Palette::of(product, glyph);
    let seed = hash(product.id.bytes());
    // Writing into a string can't fail.
    let _ = write!(svg, "<rect width=\"{SIDE}\" height=\"{SIDE}\" fill=\"{}\"/>", palette.ground);
    backdrop(svg, seed, &palette);
    let tilt = (seed >> 24) % 9;
    let turn = f64::from(u32::try_from(tilt).unwrap_or(4)) - 4.0;
    let near = if view == View::Detail { "translate(-160 -150) scale(1.8)" } else { "" };
    let _ = write!(
        svg,
        "<ellipse cx=\"200\" cy=\"322\" rx=\"108\" ry=\"13\" fill=\"{}\" opacity=\".16\"/>\
         <g transform=\"{near} rotate({turn} 200 200)\" fill=\"{main}\" stroke=\"{main}\" \
         stroke-width=\"0\" stroke-linejoin=\"round\" stroke-linecap=\"round\">",
        palette.dark,
        main = palette.main,
    );
    glyph.draw(svg, &palette);
    svg.push_str("</g>");
    badge(svg, product, &palette);
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
            ground: format!("hsl({hue}, 42%, 94%)"),
            halo: format!("hsl({hue}, 45%, 88%)"),
            main: format!("hsl({main_hue}, {saturation}%, {lightness}%)"),
            accent: format!("hsl({accent}, 62%, 62%)"),
            dark: format!("hsl({hue}, 35%, 20%)"),
            light: format!("hsl({hue}, 45%, 97%)"),
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
            hidden: false,
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
        assert!(!svg.contains("script") && !svg.contains("href"), "{svg}");
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
    fn drawings_are_well_formed_and_take_the_variants_colour() {
        let mut mug = product("Fjord mug 350 ml", Some("Terrano"), &["Kitchen", "Tableware"]);
        mug.attributes.insert("colour".into(), vec!["Sage".into(), "Navy".into()]);
        let in_colour = |name: &str| Variant {
            id: souk_kernel::VariantId::from_bytes([1; 16]),
            product: mug.id,
            key: name.to_lowercase(),
            title: name.into(),
            options: [("colour".to_owned(), name.to_owned())].into(),
        };
        let mut seen = std::collections::BTreeSet::new();
        for colour in ["Sage", "Navy"] {
            for view in View::ALL {
                let svg = view_svg(&mug, Some(&in_colour(colour)), view);
                assert_well_formed(&svg);
                assert!(seen.insert(svg), "{colour} {view:?} looks like another");
                assert_eq!(View::of_name(view.name()), Some(view));
            }
        }
        let face = in_colour(face_colour(&mug).unwrap());
        assert_eq!(picture_svg(&mug), view_svg(&mug, Some(&face), View::Front));
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
        assert_ne!(draw(&["Knives"]), draw(&["Headphones"]));
        assert_eq!(initials("Xerox"), "XE");
        assert_eq!(initials("3M"), "3M");
        assert_eq!(initials("StarTech.com"), "SC");
        assert_eq!(initials("…"), "");
    }
}
