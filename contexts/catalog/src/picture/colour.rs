//! Colours by the names that products give them, and the shades that a drawing makes of one.

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Of six hexadecimal digits.
    pub fn of_hex(hex: &str) -> Option<Self> {
        let value = u32::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 6)?;
        let [_, red, green, blue] = value.to_be_bytes();
        Some(Self(red, green, blue))
    }

    /// Six hexadecimal digits.
    pub fn hex(self) -> String {
        format!("{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// So many percent of the way to another colour.
    pub fn towards(self, other: Self, percent: u32) -> Self {
        let mix = |from: u8, to: u8| {
            let mixed = (u32::from(from) * (100 - percent) + u32::from(to) * percent) / 100;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// Lighter.
    pub fn light(self, percent: u32) -> Self {
        self.towards(Self(255, 255, 255), percent)
    }

    /// Darker, towards a warm black: shadows in a room are never grey.
    pub fn dark(self, percent: u32) -> Self {
        self.towards(Self(24, 18, 20), percent)
    }

    /// How far apart two are, 0 to 765.
    pub fn distance(self, other: Self) -> u32 {
        let apart = |one: u8, other: u8| u32::from(one.abs_diff(other));
        apart(self.0, other.0) + apart(self.1, other.1) + apart(self.2, other.2)
    }

    /// How light it looks, 0 to 255.
    pub fn lightness(self) -> u32 {
        (u32::from(self.0) * 3 + u32::from(self.1) * 6 + u32::from(self.2)) / 10
    }
}

/// Names as products carry them, in lower case; the longest that occurs in a text is meant.
const NAMED: [(&str, &str); 98] = [
    ("black", "2b2d31"),
    ("matt black", "2a2a2c"),
    ("anthracite", "3c4046"),
    ("graphite", "4a4e55"),
    ("charcoal", "44464b"),
    ("slate", "5b6672"),
    ("grey", "9a9c9e"),
    ("light grey", "c4c5c4"),
    ("stone", "b9b0a3"),
    ("silver", "c6cacd"),
    ("white", "f2f0ec"),
    ("chalk", "efeae0"),
    ("ivory", "efe6d2"),
    ("cream", "f0e4c9"),
    ("oatmeal", "dccfb8"),
    ("sand", "d8c3a0"),
    ("beige", "d6c4a6"),
    ("natural", "d2b48a"),
    ("camel", "bd8d57"),
    ("tan", "b9834f"),
    ("cognac", "9d5a2e"),
    ("brown", "70482f"),
    ("chestnut", "7c4529"),
    ("chocolate", "4b2f24"),
    ("navy", "26375c"),
    ("midnight", "1f2a44"),
    ("blue", "3a6ea8"),
    ("sky", "8fbcd9"),
    ("ice blue", "c0d9e4"),
    ("cobalt", "2450a4"),
    ("denim", "4a678f"),
    ("petrol", "1f5b68"),
    ("teal", "2a7f7c"),
    ("mint", "a9d3bd"),
    ("sage", "9caf92"),
    ("green", "4c7d4f"),
    ("forest", "2d5140"),
    ("olive", "73763f"),
    ("moss", "6b7a45"),
    ("bottle green", "1f4a3a"),
    ("lime", "b5c94c"),
    ("yellow", "eabf3f"),
    ("mustard", "cb9a2e"),
    ("ochre", "c08a3a"),
    ("honey", "dfa646"),
    ("orange", "e0803a"),
    ("apricot", "efb184"),
    ("terracotta", "bd6a4a"),
    ("rust", "a8532f"),
    ("coral", "e8826c"),
    ("red", "b93a34"),
    ("cherry", "93222e"),
    ("burgundy", "6a2434"),
    ("berry", "8a2f54"),
    ("pink", "e2a3ad"),
    ("blush", "ecc7bf"),
    ("rose", "d48c8f"),
    ("lilac", "b9a6cf"),
    ("lavender", "a99bc8"),
    ("plum", "5e3a5a"),
    ("violet", "6f549b"),
    ("aubergine", "43273f"),
    ("steel", "c3c7cb"),
    ("stainless steel", "c3c7cb"),
    ("brushed steel", "b4b9bd"),
    ("aluminium", "ccd0d3"),
    ("cast iron", "38383a"),
    ("iron", "4a4a4c"),
    ("brass", "c9a35a"),
    ("gold", "d4b05e"),
    ("copper", "c17a52"),
    ("bronze", "8d6a45"),
    ("titanium", "8f9296"),
    ("oak", "c79d6c"),
    ("smoked oak", "86664a"),
    ("walnut", "75503a"),
    ("beech", "d9b384"),
    ("ash", "dcc7a3"),
    ("birch", "e3cfa9"),
    ("pine", "dcb77c"),
    ("acacia", "96653c"),
    ("olive wood", "b58a55"),
    ("bamboo", "d8b877"),
    ("rattan", "c79f68"),
    ("cherry wood", "9c5a3a"),
    ("leather", "8b5a36"),
    ("linen", "dbd0ba"),
    ("glass", "cfe0e0"),
    ("stoneware", "b9a88f"),
    ("porcelain", "f1efe9"),
    ("enamel", "e9ebe6"),
    ("cork", "c49a66"),
    ("felt", "8d8f8c"),
    ("paper", "f0e8d6"),
    ("larch", "c58a56"),
    ("maple", "e2c390"),
    ("lime wood", "dcc79a"),
    ("resin", "7d3b3a"),
];

/// The colour that a name means, if it is known.
pub fn named(name: &str) -> Option<Colour> {
    let name = name.to_lowercase();
    let known = NAMED.iter().filter(|(known, _)| name.contains(known));
    known.max_by_key(|(known, _)| known.len()).and_then(|(_, hex)| Colour::of_hex(hex))
}
