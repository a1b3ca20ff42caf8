//! How an address is written on paper, whoever keeps it.

/// Countries with their names, by name: what forms offer.
pub const COUNTRIES: [(&str, &str); 30] = [
    ("AU", "Australia"),
    ("AT", "Austria"),
    ("BE", "Belgium"),
    ("BR", "Brazil"),
    ("CA", "Canada"),
    ("CZ", "Czechia"),
    ("DK", "Denmark"),
    ("FI", "Finland"),
    ("FR", "France"),
    ("DE", "Germany"),
    ("GR", "Greece"),
    ("HU", "Hungary"),
    ("IE", "Ireland"),
    ("IT", "Italy"),
    ("JP", "Japan"),
    ("KW", "Kuwait"),
    ("LU", "Luxembourg"),
    ("MX", "Mexico"),
    ("NL", "Netherlands"),
    ("NO", "Norway"),
    ("PL", "Poland"),
    ("PT", "Portugal"),
    ("RO", "Romania"),
    ("KR", "South Korea"),
    ("ES", "Spain"),
    ("SE", "Sweden"),
    ("CH", "Switzerland"),
    ("TR", "Türkiye"),
    ("GB", "United Kingdom"),
    ("US", "United States"),
];

/// A country's name; its code when it has none here.
#[must_use]
pub fn country_name(code: &str) -> &str {
    COUNTRIES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}

/// The parts of an address, as whoever keeps it has them.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// Full name.
    pub name: &'a str,
    /// Street and number.
    pub line1: &'a str,
    /// Flat, floor, care of.
    pub line2: Option<&'a str>,
    /// Postal code; empty where there are none.
    pub postal_code: &'a str,
    /// City.
    pub city: &'a str,
    /// State or province.
    pub region: Option<&'a str>,
    /// ISO 3166-1, two letters.
    pub country: &'a str,
}

impl Written<'_> {
    /// From the name down; what is empty is no line.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let name = Some(self.name.to_owned()).filter(|name| !name.trim().is_empty());
        name.into_iter().chain(self.place()).collect()
    }

    /// The same without the name, for who writes that otherwise.
    #[must_use]
    pub fn place(&self) -> Vec<String> {
        let town = format!("{} {}", self.postal_code, self.city);
        let all = [
            self.line1,
            self.line2.unwrap_or_default(),
            town.trim(),
            self.region.unwrap_or_default(),
            country_name(self.country),
        ];
        all.into_iter().filter(|line| !line.trim().is_empty()).map(String::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_no_line_and_the_country_stands_by_its_name() {
        let full = Written {
            name: "Ada Lovelace",
            line1: "Invalidenstr. 116",
            line2: Some("3rd floor"),
            postal_code: "10115",
            city: "Berlin",
            region: Some("BE"),
            country: "DE",
        };
        let lines =
            ["Ada Lovelace", "Invalidenstr. 116", "3rd floor", "10115 Berlin", "BE", "Germany"];
        assert_eq!(full.lines(), lines);
        assert_eq!(full.place(), lines[1..]);
        let bare = Written { name: " ", line2: Some(""), postal_code: "", region: None, ..full };
        assert_eq!(bare.lines(), ["Invalidenstr. 116", "Berlin", "Germany"]);
        assert_eq!(bare.place(), bare.lines(), "nobody is named");
    }

    #[test]
    fn a_country_without_a_name_is_called_by_its_code() {
        for (code, name) in COUNTRIES {
            assert_eq!(country_name(code), name);
        }
        assert_eq!(country_name("ZW"), "ZW");
    }
}
