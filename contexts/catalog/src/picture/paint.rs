//! Paints: a drawing writes `@aH` where it wants slot `a` with the light from the left on a round
//! body; here that becomes a gradient of the slot's colour.
//!
//! Slots: `a` the thing's own colour, `b` its second material, `c` an accent; `s` steel, `k` black,
//! `w` white, `o` oak, `n` walnut, `y` brass, `r` clay, `l` leaf, `g` glass. After the slot: `H` a
//! cylinder standing, `V` light from above, `D` a flat side in slanting light, `R` a ball,
//! `P` cloth with the product's pattern; `+` and `-` a lighter and a darker tone, doubled for more;
//! nothing: the colour itself.

use super::colour::Colour;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The colours of one picture, and its pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paints {
    pub slots: BTreeMap<char, Colour>,
    pub pattern: String,
}

const FIXED: [(char, Colour); 9] = [
    ('s', Colour(0xc6, 0xca, 0xce)),
    ('k', Colour(0x2c, 0x2e, 0x32)),
    ('w', Colour(0xf3, 0xf1, 0xed)),
    ('o', Colour(0xc9, 0xa0, 0x70)),
    ('n', Colour(0x77, 0x52, 0x3a)),
    ('y', Colour(0xcc, 0xa6, 0x5c)),
    ('r', Colour(0xbd, 0x6e, 0x50)),
    ('l', Colour(0x5b, 0x82, 0x58)),
    ('g', Colour(0xcf, 0xe2, 0xe4)),
];

impl Paints {
    fn colour(&self, slot: char) -> Colour {
        let fixed = || FIXED.iter().find(|(known, _)| *known == slot).map(|(_, colour)| *colour);
        self.slots.get(&slot).copied().or_else(fixed).unwrap_or(Colour(0xb0, 0xa8, 0x9c))
    }

    /// The drawing with its paints in place, and the definitions that they need.
    pub fn apply(&self, drawing: &str) -> (String, String) {
        let (mut out, mut defs) = (String::with_capacity(drawing.len() * 2), BTreeMap::new());
        let mut pieces = drawing.split('@');
        out.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let mut letters = piece.chars();
            let Some(slot) = letters.next() else { continue };
            let colour = self.colour(slot);
            let rest = letters.as_str();
            let (paint, rest) = match rest.as_bytes().first() {
                Some(b'H' | b'V' | b'D' | b'R' | b'P') => {
                    let (way, rest) = rest.split_at(1);
                    let id = format!("{slot}{way}");
                    let paint = format!("url(#{id})");
                    defs.entry(id).or_insert_with_key(|id| self.definition(id, way, colour));
                    (paint, rest)
                }
                _ => tone(colour, rest),
            };
            out.push_str(&paint);
            out.push_str(rest);
        }
        (out, defs.into_values().collect())
    }

    fn definition(&self, id: &str, way: &str, colour: Colour) -> String {
        match way {
            "H" => stops(id, "x2=\"1\" y2=\"0\"", &cylinder(colour)),
            "V" => {
                let (light, dark) = (colour.light(20), colour.dark(16));
                stops(id, "x2=\"0\" y2=\"1\"", &[(0, light), (45, colour), (100, dark)])
            }
            "D" => {
                let (light, dark) = (colour.light(24), colour.dark(14));
                stops(id, "x2=\"1\" y2=\"1\"", &[(0, light), (55, colour), (100, dark)])
            }
            "R" => {
                let (glint, light) = (colour.light(58), colour.light(18));
                let around = "cx=\".38\" cy=\".3\" r=\".78\"";
                let tones = [(0, glint), (28, light), (62, colour), (100, colour.dark(34))];
                stops(id, around, &tones).replace("linear", "radial")
            }
            _ => pattern(id, &self.pattern, colour, self.colour('b')),
        }
    }
}

fn tone(colour: Colour, rest: &str) -> (String, &str) {
    let (tone, rest) = if let Some(rest) = rest.strip_prefix("++") {
        (colour.light(55), rest)
    } else if let Some(rest) = rest.strip_prefix('+') {
        (colour.light(28), rest)
    } else if let Some(rest) = rest.strip_prefix("--") {
        (colour.dark(55), rest)
    } else if let Some(rest) = rest.strip_prefix('-') {
        (colour.dark(26), rest)
    } else {
        (colour, rest)
    };
    (format!("#{}", tone.hex()), rest)
}

/// A round body in the light of a window on the left: dark edge, glint, reflected light.
fn cylinder(colour: Colour) -> [(u32, Colour); 7] {
    let glint = if colour.lightness() < 90 { 30 } else { 46 };
    [
        (0, colour.dark(30)),
        (10, colour.dark(8)),
        (26, colour.light(glint)),
        (44, colour.light(8)),
        (72, colour.dark(16)),
        (92, colour.dark(34)),
        (100, colour.dark(22)),
    ]
}

fn stops(id: &str, way: &str, tones: &[(u32, Colour)]) -> String {
    let mut text = format!("<linearGradient id=\"{id}\" {way}>");
    for (at, tone) in tones {
        // Writing into a string can't fail.
        let _ = write!(text, "<stop offset=\"{at}%\" stop-color=\"#{}\"/>", tone.hex());
    }
    text + "</linearGradient>"
}

/// Cloth: plain, striped, checked, dotted, ribbed, knitted, floral, herringbone.
fn pattern(id: &str, name: &str, base: Colour, second: Colour) -> String {
    let second =
        if base.lightness().abs_diff(second.lightness()) < 34 { base.light(48) } else { second };
    let (ground, mark, deep) = (base.hex(), second.hex(), base.dark(16).hex());
    let (side, marks) = match name {
        "striped" => (26, format!("<path d=\"M0 6H26\" stroke=\"#{mark}\" stroke-width=\"6\"/>")),
        "pinstriped" => {
            (16, format!("<path d=\"M8 0V16\" stroke=\"#{mark}\" stroke-width=\"1.6\"/>"))
        }
        "checked" => (
            40,
            format!(
                "<path d=\"M0 10H40M10 0V40\" stroke=\"#{mark}\" stroke-width=\"11\" opacity=\".5\"/>\
                 <path d=\"M0 30H40M30 0V40\" stroke=\"#{deep}\" stroke-width=\"2\" opacity=\".7\"/>"
            ),
        ),
        "dotted" => (
            30,
            format!(
                "<circle cx=\"8\" cy=\"8\" r=\"3.6\" fill=\"#{mark}\"/><circle cx=\"23\" cy=\"23\" r=\"3.6\" fill=\"#{mark}\"/>"
            ),
        ),
        "ribbed" => (7, format!("<path d=\"M5 0V7\" stroke=\"#{deep}\" stroke-width=\"1.6\"/>")),
        "cable knit" => (
            24,
            format!(
                "<path d=\"M3 0C12 6 12 6 3 12S-6 18 3 24M12 0C3 6 3 6 12 12S21 18 12 24M20 0V24\" fill=\"none\" \
                 stroke=\"#{deep}\" stroke-width=\"2\"/>"
            ),
        ),
        "herringbone" => (
            16,
            format!(
                "<path d=\"M0 0L8 8L16 0M0 8L8 16L16 8\" fill=\"none\" stroke=\"#{deep}\" stroke-width=\"1.6\"/>"
            ),
        ),
        "botanical" => (
            52,
            format!(
                "<g fill=\"#{mark}\" opacity=\".85\"><path d=\"M12 30C6 20 10 10 20 6C22 16 20 24 12 30z\"/>\
                 <path d=\"M36 50C30 42 32 34 42 30C46 38 44 46 36 50z\"/></g><path d=\"M12 30C10 36 8 40 4 44M36 50\
                 C34 52 33 52 32 52\" stroke=\"#{mark}\" stroke-width=\"1.6\" fill=\"none\"/>"
            ),
        ),
        "geometric" => (
            44,
            format!(
                "<path d=\"M22 4L40 22L22 40L4 22z\" fill=\"none\" stroke=\"#{mark}\" stroke-width=\"4\"/>\
                 <path d=\"M22 15L29 22L22 29L15 22z\" fill=\"#{mark}\"/>"
            ),
        ),
        "waffle" => (
            12,
            format!(
                "<path d=\"M0 1H12M1 0V12\" stroke=\"#{deep}\" stroke-width=\"2.2\" opacity=\".6\"/>"
            ),
        ),
        _ => (
            4,
            format!(
                "<path d=\"M0 2H4M2 0V4\" stroke=\"#{deep}\" stroke-width=\".5\" opacity=\".35\"/>"
            ),
        ),
    };
    format!(
        "<pattern id=\"{id}\" width=\"{side}\" height=\"{side}\" patternUnits=\"userSpaceOnUse\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#{ground}\"/>{marks}</pattern>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paints_become_gradients_and_tones() {
        let slots = BTreeMap::from([('a', Colour(200, 0, 0))]);
        let paints = Paints { slots, pattern: "striped".into() };
        let (drawing, defs) =
            paints.apply("<path fill=\"@aH\"/><path fill=\"@a+\"/><b f=\"@aP\"/>");
        assert_eq!(drawing, "<path fill=\"url(#aH)\"/><path fill=\"#d74747\"/><b f=\"url(#aP)\"/>");
        assert_eq!((defs.matches("id=\"aH\"").count(), defs.matches("<pattern").count()), (1, 1));
    }
}
