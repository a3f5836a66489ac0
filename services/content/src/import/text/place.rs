//! Whether letters stand where letters can stand.

/// Says whether a capital outside ASCII stands alone behind a word: perhaps a sign, as the Ö of
/// `You Ö Don't`, perhaps a word.
pub(super) fn has_lone_capital(text: &str) -> bool {
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
pub(super) fn is_damaged(text: &str) -> bool {
    places(text).iter().any(Place::is_wrong)
}

/// Says whether some small letter outside ASCII stands where it belongs, as the é of `Amélie`.
pub(super) fn is_well_placed(text: &str) -> bool {
    places(text).iter().any(|place| {
        place.letter.is_lowercase()
            && is_latin(place.letter)
            && !place.is_wrong()
            && (place.before.is_lowercase() || place.after.is_lowercase())
    })
}

/// A letter outside ASCII and its neighbours; a blank stands for what is not there.
struct Place {
    /// What stands before the letter before.
    first: char,
    before: char,
    letter: char,
    after: char,
}

fn places(text: &str) -> Vec<Place> {
    let letters: Vec<char> = text.chars().collect();
    let at = |i: Option<usize>| i.and_then(|i| letters.get(i)).copied().unwrap_or(' ');
    let place = |(i, letter): (usize, &char)| Place {
        first: at(i.checked_sub(2)),
        before: at(i.checked_sub(1)),
        letter: *letter,
        after: at(i.checked_add(1)),
    };
    letters
        .iter()
        .enumerate()
        .filter(|(_, letter)| !letter.is_ascii())
        .map(place)
        .collect()
}

impl Place {
    /// Says whether the letter cannot belong here.
    fn is_wrong(&self) -> bool {
        let Self {
            letter,
            before,
            after,
            ..
        } = *self;
        if letter.is_uppercase() && is_latin(letter) {
            // A capital inside a word, as in `LÈon` or `DÈj`; `ÉCOLE` and `École` are fine.
            let inside = before.is_lowercase() || (before.is_alphabetic() && after.is_lowercase());
            return inside && !self.is_irish();
        }
        if letter.is_lowercase() && is_latin(letter) {
            // A small letter inside capitals, as in `WALLáE`; ß has hardly a capital.
            return letter != 'ß' && before.is_uppercase() && after.is_uppercase();
        }
        // The spacing accents count as letters in Unicode.
        if letter.is_alphabetic() && !matches!(letter, '\u{2b0}'..='\u{2ff}') {
            // Greek letters that Mac OS Roman has as signs, beside Latin ones.
            return "Ωπµ".contains(letter)
                && (before.is_ascii_alphanumeric() || after.is_ascii_alphabetic());
        }
        if letter.is_numeric() {
            return false;
        }
        match letter {
            // Combining accents, apostrophes, the ʻokina and its like.
            '\u{300}'..='\u{36f}' | '’' | '‘' | '\u{2b9}'..='\u{2bf}' => false,
            '·' => before.is_alphabetic() && after.is_lowercase() && !self.is_interpunct(),
            '–' | '—' | '…' | '™' | '®' | '©' | '•' | '“' | '”' | '«' | '»' | '¿' | '¡'
            | '\u{a0}' => before.is_alphabetic() && after.is_lowercase(),
            // Any other sign of the code pages, as in `F‰lscher`.
            _ => (before.is_alphabetic() || after.is_alphabetic()) && u32::from(letter) < 0x2600,
        }
    }

    /// Says whether a small letter stands before the capital as in Irish: `na nÓg`, `na hÉireann`.
    fn is_irish(&self) -> bool {
        "ÁÉÍÓÚ".contains(self.letter)
            && matches!(self.before, 'n' | 't' | 'h')
            && !self.first.is_alphanumeric()
    }

    /// Says whether the point parts letters as in Catalan and Occitan: `paral·lel`, `in·hèrn`.
    fn is_interpunct(&self) -> bool {
        matches!(
            (self.before.to_ascii_lowercase(), self.after),
            ('l', 'l') | ('n' | 's', 'h')
        )
    }
}

/// Says whether this is a letter of Latin-1, Latin Extended or such.
pub(super) fn is_latin(c: char) -> bool {
    matches!(u32::from(c), 0xC0..=0x24F | 0x1E00..=0x1EFF)
}
