//! What a kind of product looks like: one simple drawing for each, in a field of 400 by 400.

use super::Palette;
use crate::model::Product;
use std::fmt::Write;

/// The kinds that have a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Glyph {
    Headphones,
    Speaker,
    Kettle,
    Pan,
    Knife,
    Plate,
    Cup,
    Jar,
    Lamp,
    Chair,
    Vase,
    Plant,
    Tool,
    Tent,
    Backpack,
    Ball,
    Shirt,
    Shoe,
    Book,
    Blocks,
    Bottle,
    Pencil,
    Laptop,
    Monitor,
    Phone,
    Camera,
    Printer,
    Cartridge,
    Cable,
    Plug,
    Chip,
    Disk,
    Router,
    Keyboard,
    Rack,
    Watch,
    Box,
}

/// Words of a category or title, and what they look like; the first that fits counts.
const WORDS: [(&str, Glyph); 98] = [
    ("headphone", Glyph::Headphones),
    ("headset", Glyph::Headphones),
    ("earbud", Glyph::Headphones),
    ("speaker", Glyph::Speaker),
    ("radio", Glyph::Speaker),
    ("audio cables", Glyph::Cable),
    ("audio", Glyph::Speaker),
    ("toner", Glyph::Cartridge),
    ("ink", Glyph::Cartridge),
    ("printer", Glyph::Printer),
    ("scanner", Glyph::Printer),
    ("label", Glyph::Book),
    ("paper", Glyph::Book),
    ("notebooks &", Glyph::Book),
    ("laptop", Glyph::Laptop),
    ("tablet", Glyph::Phone),
    ("desktop", Glyph::Monitor),
    ("server", Glyph::Rack),
    ("rack", Glyph::Rack),
    ("projector", Glyph::Camera),
    ("monitor", Glyph::Monitor),
    ("television", Glyph::Monitor),
    ("display", Glyph::Monitor),
    ("watch", Glyph::Watch),
    ("phone", Glyph::Phone),
    ("camera", Glyph::Camera),
    ("fibre", Glyph::Cable),
    ("power bank", Glyph::Plug),
    ("power", Glyph::Plug),
    ("charger", Glyph::Plug),
    ("cable", Glyph::Cable),
    ("processor", Glyph::Chip),
    ("memory", Glyph::Chip),
    ("motherboard", Glyph::Chip),
    ("graphics", Glyph::Chip),
    ("interface", Glyph::Chip),
    ("component", Glyph::Chip),
    ("storage box", Glyph::Box),
    ("storage", Glyph::Disk),
    ("drive", Glyph::Disk),
    ("network", Glyph::Router),
    ("wireless", Glyph::Router),
    ("keyboard", Glyph::Keyboard),
    ("mice", Glyph::Keyboard),
    ("input", Glyph::Keyboard),
    ("software", Glyph::Disk),
    ("kettle", Glyph::Kettle),
    ("coffee", Glyph::Cup),
    ("mug", Glyph::Cup),
    ("cup", Glyph::Cup),
    ("tableware", Glyph::Cup),
    ("tea", Glyph::Jar),
    ("pan", Glyph::Pan),
    ("cookware", Glyph::Pan),
    ("knives", Glyph::Knife),
    ("knife", Glyph::Knife),
    ("plate", Glyph::Plate),
    ("kitchen", Glyph::Kettle),
    ("pantry", Glyph::Jar),
    ("food", Glyph::Jar),
    ("honey", Glyph::Jar),
    ("spice", Glyph::Jar),
    ("light", Glyph::Lamp),
    ("lamp", Glyph::Lamp),
    ("furniture", Glyph::Chair),
    ("chair", Glyph::Chair),
    ("stool", Glyph::Chair),
    ("cleaning", Glyph::Bottle),
    ("textile", Glyph::Shirt),
    ("garden tools", Glyph::Tool),
    ("tool", Glyph::Tool),
    ("seed", Glyph::Plant),
    ("pot", Glyph::Plant),
    ("garden", Glyph::Plant),
    ("plant", Glyph::Plant),
    ("tent", Glyph::Tent),
    ("camping", Glyph::Tent),
    ("backpack", Glyph::Backpack),
    ("bag", Glyph::Backpack),
    ("outdoor", Glyph::Tent),
    ("shoe", Glyph::Shoe),
    ("boot", Glyph::Shoe),
    ("clothing", Glyph::Shirt),
    ("shirt", Glyph::Shirt),
    ("sport", Glyph::Ball),
    ("fitness", Glyph::Ball),
    ("book", Glyph::Book),
    ("game", Glyph::Blocks),
    ("toy", Glyph::Blocks),
    ("puzzle", Glyph::Blocks),
    ("care", Glyph::Bottle),
    ("beauty", Glyph::Bottle),
    ("soap", Glyph::Bottle),
    ("stationery", Glyph::Pencil),
    ("pen", Glyph::Pencil),
    ("office", Glyph::Pencil),
    ("decor", Glyph::Vase),
    ("home", Glyph::Vase),
];

impl Glyph {
    /// Every kind.
    #[cfg(test)]
    pub(super) const ALL: [Self; 37] = [
        Self::Headphones,
        Self::Speaker,
        Self::Kettle,
        Self::Pan,
        Self::Knife,
        Self::Plate,
        Self::Cup,
        Self::Jar,
        Self::Lamp,
        Self::Chair,
        Self::Vase,
        Self::Plant,
        Self::Tool,
        Self::Tent,
        Self::Backpack,
        Self::Ball,
        Self::Shirt,
        Self::Shoe,
        Self::Book,
        Self::Blocks,
        Self::Bottle,
        Self::Pencil,
        Self::Laptop,
        Self::Monitor,
        Self::Phone,
        Self::Camera,
        Self::Printer,
        Self::Cartridge,
        Self::Cable,
        Self::Plug,
        Self::Chip,
        Self::Disk,
        Self::Router,
        Self::Keyboard,
        Self::Rack,
        Self::Watch,
        Self::Box,
    ];

    /// What the product looks like: by its category from the leaf up, else by its title.
    pub(super) fn of(product: &Product) -> Self {
        let levels = product.category_path.iter().rev();
        for text in levels.chain(std::iter::once(&product.title)) {
            let text = text.to_lowercase();
            let starts = |word: &str| {
                let mut hits = text.match_indices(word);
                hits.any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
            };
            if let Some((_, glyph)) = WORDS.iter().find(|(word, _)| starts(word)) {
                return *glyph;
            }
        }
        Self::Box
    }

    /// The hue of its kind, in degrees.
    pub(super) const fn hue(self) -> u16 {
        match self {
            Self::Headphones | Self::Speaker => 262,
            Self::Kettle | Self::Pan | Self::Knife | Self::Plate | Self::Cup => 14,
            Self::Jar => 38,
            Self::Lamp | Self::Chair | Self::Vase => 32,
            Self::Plant | Self::Tool => 126,
            Self::Tent | Self::Backpack => 160,
            Self::Ball | Self::Shoe => 196,
            Self::Shirt => 330,
            Self::Book | Self::Pencil => 48,
            Self::Blocks => 2,
            Self::Bottle => 300,
            Self::Laptop | Self::Monitor | Self::Phone | Self::Watch => 214,
            Self::Camera => 236,
            Self::Printer | Self::Cartridge => 188,
            Self::Cable | Self::Plug => 204,
            Self::Chip | Self::Disk => 172,
            Self::Router | Self::Keyboard | Self::Rack => 226,
            Self::Box => 28,
        }
    }

    /// Draws it. `{m}` main, `{a}` accent, `{d}` dark, `{l}` light are filled in.
    pub(super) fn draw(self, svg: &mut String, palette: &Palette) {
        let mut rest = self.shape();
        while let Some(at) = rest.find('{') {
            svg.push_str(&rest[..at]);
            let colour = match rest.as_bytes()[at + 1] {
                b'm' => &palette.main,
                b'a' => &palette.accent,
                b'd' => &palette.dark,
                _ => &palette.light,
            };
            let _ = write!(svg, "{colour}");
            rest = &rest[at + 3..];
        }
        svg.push_str(rest);
    }

    const fn shape(self) -> &'static str {
        match self {
            Self::Headphones => include_str!("glyphs/headphones.txt"),
            Self::Speaker => include_str!("glyphs/speaker.txt"),
            Self::Kettle => include_str!("glyphs/kettle.txt"),
            Self::Pan => include_str!("glyphs/pan.txt"),
            Self::Knife => include_str!("glyphs/knife.txt"),
            Self::Plate => include_str!("glyphs/plate.txt"),
            Self::Cup => include_str!("glyphs/cup.txt"),
            Self::Jar => include_str!("glyphs/jar.txt"),
            Self::Lamp => include_str!("glyphs/lamp.txt"),
            Self::Chair => include_str!("glyphs/chair.txt"),
            Self::Vase => include_str!("glyphs/vase.txt"),
            Self::Plant => include_str!("glyphs/plant.txt"),
            Self::Tool => include_str!("glyphs/tool.txt"),
            Self::Tent => include_str!("glyphs/tent.txt"),
            Self::Backpack => include_str!("glyphs/backpack.txt"),
            Self::Ball => include_str!("glyphs/ball.txt"),
            Self::Shirt => include_str!("glyphs/shirt.txt"),
            Self::Shoe => include_str!("glyphs/shoe.txt"),
            Self::Book => include_str!("glyphs/book.txt"),
            Self::Blocks => include_str!("glyphs/blocks.txt"),
            Self::Bottle => include_str!("glyphs/bottle.txt"),
            Self::Pencil => include_str!("glyphs/pencil.txt"),
            Self::Laptop => include_str!("glyphs/laptop.txt"),
            Self::Monitor => include_str!("glyphs/monitor.txt"),
            Self::Phone => include_str!("glyphs/phone.txt"),
            Self::Camera => include_str!("glyphs/camera.txt"),
            Self::Printer => include_str!("glyphs/printer.txt"),
            Self::Cartridge => include_str!("glyphs/cartridge.txt"),
            Self::Cable => include_str!("glyphs/cable.txt"),
            Self::Plug => include_str!("glyphs/plug.txt"),
            Self::Chip => include_str!("glyphs/chip.txt"),
            Self::Disk => include_str!("glyphs/disk.txt"),
            Self::Router => include_str!("glyphs/router.txt"),
            Self::Keyboard => include_str!("glyphs/keyboard.txt"),
            Self::Rack => include_str!("glyphs/rack.txt"),
            Self::Watch => include_str!("glyphs/watch.txt"),
            Self::Box => include_str!("glyphs/box.txt"),
        }
    }
}
