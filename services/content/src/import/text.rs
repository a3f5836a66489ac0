//! Repairs letters that were read with the wrong code page on their way into a file.
//!
//! A byte of one code page read as another gives a wrong letter (`Léon` → `LÈon`). Undoing it is
//! always possible, so that alone proves nothing: the text is repaired only when its letters stand
//! where such letters cannot stand, exactly one way back makes sense of all of them, and that way
//! leads from the repaired text to the damaged one again.

/// What a text turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Nothing speaks against it.
    Sound,
    /// The wrong code page, proved and undone.
    Repaired(String),
    /// It looks damaged, but nothing proves what it was.
    Doubtful,
}

/// The upper half of Mac OS Roman, from 0x80.
const MAC_ROMAN: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";
/// Windows-1252 from 0x80 to 0x9F; undefined places hold the control character that Latin-1 has.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

#[derive(Clone, Copy)]
enum CodePage {
    MacRoman,
    Windows1252,
}

impl CodePage {
    fn byte(self, letter: char) -> Option<u8> {
        let place = |table: &str| table.chars().position(|c| c == letter);
        match (u32::from(letter), self) {
            (code @ 0..0x80, _) | (code @ 0x80..0x100, Self::Windows1252) => {
                u8::try_from(code).ok()
            }
            (_, Self::Windows1252) => u8::try_from(place(WINDOWS_1252)? + 0x80).ok(),
            (_, Self::MacRoman) => u8::try_from(place(MAC_ROMAN)? + 0x80).ok(),
        }
    }

    fn letter(self, byte: u8) -> Option<char> {
        let upper = usize::from(byte).checked_sub(0x80);
        match (upper, self) {
            (Some(place), Self::MacRoman) => MAC_ROMAN.chars().nth(place),
            (Some(place @ ..0x20), Self::Windows1252) => {
                WINDOWS_1252.chars().nth(place).filter(|c| !c.is_control())
            }
            (None, _) | (Some(_), Self::Windows1252) => Some(char::from(byte)),
        }
    }

    fn encode(self, text: &str) -> Option<Vec<u8>> {
        text.chars().map(|c| self.byte(c)).collect()
    }

    fn decode(self, bytes: &[u8]) -> Option<String> {
        bytes.iter().map(|b| self.letter(*b)).collect()
    }
}

/// The ways that lead to damage: what was read as what.
const WAYS: [(CodePage, CodePage); 2] = [
    (CodePage::MacRoman, CodePage::Windows1252),
    (CodePage::Windows1252, CodePage::MacRoman),
];

/// Judges the texts of one file.
#[derive(Debug, Default)]
pub(super) struct Letters {
    /// Which of the [`WAYS`] a text of this file has proved.
    proved: [bool; WAYS.len()],
}

impl Letters {
    /// Judges a text, and repairs it where that is proved.
    pub(super) fn read(&mut self, text: &str) -> Reading {
        if text.is_ascii() {
            return Reading::Sound;
        }
        if let Some(repaired) = undo_utf8(text) {
            return Reading::Repaired(repaired);
        }
        if !is_damaged(text) {
            return if has_lone_capital(text) {
                Reading::Doubtful
            } else {
                Reading::Sound
            };
        }
        let [first, second] = WAYS.map(|(read_as, written_as)| undo(text, read_as, written_as));
        match (first, second, self.proved) {
            (Some(repaired), None, _) => {
                self.proved[0] = true;
                Reading::Repaired(repaired)
            }
            (None, Some(repaired), _) => {
                self.proved[1] = true;
                Reading::Repaired(repaired)
            }
            (Some(repaired), Some(_), [true, false]) | (Some(_), Some(repaired), [false, true]) => {
                Reading::Repaired(repaired)
            }
            _ => Reading::Doubtful,
        }
    }
}

/// Undoes reading UTF-8 as something else. UTF-8 proves itself: other text does not happen to
/// have its form.
fn undo_utf8(text: &str) -> Option<String> {
    [CodePage::Windows1252, CodePage::MacRoman]
        .into_iter()
        .filter_map(|page| String::from_utf8(page.encode(text)?).ok())
        .find(|repaired| repaired != text && !repaired.chars().any(char::is_control))
}

/// Undoes reading `written_as` as `read_as`, where the outcome makes sense and leads back.
fn undo(text: &str, read_as: CodePage, written_as: CodePage) -> Option<String> {
    let repaired = written_as.decode(&read_as.encode(text)?)?;
    let back = read_as.decode(&written_as.encode(&repaired)?)?;
    let letters_only = repaired
        .chars()
        .zip(text.chars())
        .all(|(now, was)| now == was || now.is_alphanumeric() || now == '’');
    (back == text && repaired != text && letters_only && !is_damaged(&repaired)).then_some(repaired)
}

/// Says whether a capital outside ASCII stands alone behind a word: perhaps a sign, as the Ö of
/// `You Ö Don't`, perhaps a word.
fn has_lone_capital(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    words.windows(2).any(|pair| {
        let mut letters = pair[1].chars();
        let capital = letters
            .next()
            .is_some_and(|c| c.is_uppercase() && is_latin(c));
        capital && letters.next().is_none() && pair[0].ends_with(char::is_lowercase)
    })
}

/// Says whether some letter outside ASCII stands where it cannot belong.
fn is_damaged(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let at = |i: Option<usize>| i.and_then(|i| letters.get(i)).copied().unwrap_or(' ');
    letters.iter().enumerate().any(|(i, c)| {
        let (before, after) = (at(i.checked_sub(1)), at(i.checked_add(1)));
        !c.is_ascii() && is_misplaced(*c, before, after)
    })
}

/// Judges one letter by its neighbours.
fn is_misplaced(c: char, before: char, after: char) -> bool {
    if c.is_uppercase() && is_latin(c) {
        // A capital inside a word, as in `LÈon` or `DÈj`; `ÉCOLE` and `École` are fine.
        return before.is_lowercase() || (before.is_alphabetic() && after.is_lowercase());
    }
    if c.is_lowercase() && is_latin(c) {
        // A small letter inside capitals, as in `WALLáE`.
        return before.is_uppercase() && after.is_uppercase();
    }
    // The spacing accents count as letters in Unicode.
    if c.is_alphabetic() && !matches!(c, '\u{2b0}'..='\u{2ff}') {
        // Greek letters that Mac OS Roman has as signs, beside Latin ones.
        return "Ωπµ".contains(c)
            && (before.is_ascii_alphanumeric() || after.is_ascii_alphabetic());
    }
    if c.is_numeric() || "’‘".contains(c) {
        return false;
    }
    match c {
        '\u{300}'..='\u{36f}' => false,
        '–' | '—' | '…' | '™' | '®' | '©' | '·' | '•' | '“' | '”' | '«' | '»' | '¿' | '¡'
        | '\u{a0}' => before.is_alphabetic() && after.is_lowercase(),
        // Any other sign of the code pages, as in `F‰lscher`.
        _ => (before.is_alphabetic() || after.is_alphabetic()) && u32::from(c) < 0x2600,
    }
}

/// Says whether this is a letter of Latin-1, Latin Extended or such.
fn is_latin(c: char) -> bool {
    matches!(u32::from(c), 0xC0..=0x24F | 0x1E00..=0x1EFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        Letters::default().read(text)
    }

    #[test]
    fn windows_letters_read_as_mac_roman_are_repaired() {
        for (damaged, right) in [
            ("LÈon", "Léon"),
            ("AstÈrix aux Jeux Olympiques", "Astérix aux Jeux Olympiques"),
            (
                "De battre mon coeur s'est arrÍtÈ",
                "De battre mon coeur s'est arrêté",
            ),
            ("Per qualche dollaro in pi˘", "Per qualche dollaro in più"),
            (
                "The Naked Gun 2Ω: The Smell of Fear",
                "The Naked Gun 2½: The Smell of Fear",
            ),
            ("DÈj‡ Vu", "Déjà Vu"),
            ("IndigËnes", "Indigènes"),
            (
                "Obsluhoval jsem anglickÈho kr·le",
                "Obsluhoval jsem anglického krále",
            ),
            ("La MÙme", "La Môme"),
            ("Joyeux NoÎl", "Joyeux Noël"),
            ("La mala educaciÛn", "La mala educación"),
            ("CachÈ", "Caché"),
        ] {
            assert_eq!(read(damaged), Reading::Repaired(right.into()), "{damaged}");
        }
    }

    #[test]
    fn a_text_with_two_ways_back_goes_the_way_that_its_file_has_proved() {
        assert_eq!(read("Die F‰lscher"), Reading::Doubtful);
        let mut letters = Letters::default();
        letters.read("LÈon");
        assert_eq!(
            letters.read("Die F‰lscher"),
            Reading::Repaired("Die Fälscher".into())
        );
        let mut letters = Letters::default();
        letters.read("AmŽlie");
        assert_eq!(
            letters.read("Le ch‰teau"),
            Reading::Repaired("Le château".into())
        );
        letters.read("LÈon");
        assert_eq!(letters.read("Le ch‰teau"), Reading::Doubtful);
    }

    #[test]
    fn mac_roman_letters_read_as_windows_are_repaired() {
        assert_eq!(read("AmŽlie"), Reading::Repaired("Amélie".into()));
    }

    #[test]
    fn utf_8_read_as_something_else_is_repaired() {
        assert_eq!(read("AmÃ©lie"), Reading::Repaired("Amélie".into()));
        assert_eq!(read("L√©on"), Reading::Repaired("Léon".into()));
        assert_eq!(read("Ã\u{89}cole"), Reading::Repaired("École".into()));
        assert_eq!(
            read("ä¸ƒäººã®ä¾"),
            Reading::Doubtful,
            "its last letter was cut off"
        );
    }

    #[test]
    fn what_is_right_stays_as_it_is() {
        for right in [
            "Amélie",
            "Léon",
            "École",
            "ÉCOLE",
            "Alien³",
            "À bout de souffle",
            "Prêt-à-porter",
            "七人の侍",
            "Ναυτία",
            "π",
            "WALL·E",
            "It’s Alive",
            "Se7en – Director’s Cut",
            "8½",
            "Å",
            "Smultronstället",
            "Ångström",
            "Žižek",
            "Łódź",
            "Üç Maymun",
            "Nausicaä",
            "Y tu mamá también",
            "¿Qué he hecho yo?",
            "Wait… what",
            "Ёлки",
            "Fack ju Göhte",
            "Das weiße Band",
            "20 000 días",
            "Æon Flux",
            "Señora",
            "Nosferatu – Eine Symphonie",
            "M*A*S*H™",
            "“Crocodile” Dundee",
        ] {
            assert_eq!(read(right), Reading::Sound, "{right}");
        }
    }

    #[test]
    fn what_nothing_proves_is_left_and_doubted() {
        for doubtful in [
            "Ri¢hie Ri¢h",
            "cafÃ",
            "I Love You Ö Don't Touch Me!",
            "La col·lecció",
        ] {
            assert_eq!(read(doubtful), Reading::Doubtful, "{doubtful}");
        }
    }

    #[test]
    fn the_code_pages_are_whole() {
        for page in [CodePage::MacRoman, CodePage::Windows1252] {
            for byte in 0..=255_u8 {
                if let Some(letter) = page.letter(byte) {
                    assert_eq!(page.byte(letter), Some(byte), "{byte:#x}");
                }
            }
        }
        assert_eq!(MAC_ROMAN.chars().count(), 128);
        assert_eq!(WINDOWS_1252.chars().count(), 32);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_judged_and_a_repair_is_final(text in "\\PC*") {
            if let Reading::Repaired(repaired) = read(&text) {
                proptest::prop_assert!(!repaired.is_empty());
                proptest::prop_assert!(!repaired.chars().any(char::is_control));
            }
        }
    }
}
