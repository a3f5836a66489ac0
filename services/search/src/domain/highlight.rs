//! Shows what was typed in the text that was found.

use std::ops::Range;

use sv_ports::index::{
    analysis::{Token, end_of_prefix, tokens},
    grapheme::{end_of_grapheme, start_of_grapheme},
};

use super::matching::Place;

/// Characters that are shown of a longer text.
const WINDOW: usize = 160;
/// Characters that are shown before the first match of a longer text.
const LEAD: usize = 40;

/// Puts `<em>` and `</em>` around what was typed; everything else stays as it is, escaped for HTML.
/// Of a long text the part around the first match is shown.
pub fn highlight(text: &str, places: &[Place]) -> String {
    let tokens = tokens(text);
    let mut marks: Vec<Range<usize>> = places
        .iter()
        .filter_map(|place| marks_of(text, &tokens, place))
        // What readers take for one character is marked or not.
        .map(|mark| start_of_grapheme(text, mark.start)..end_of_grapheme(text, mark.end))
        .collect();
    marks.sort_by_key(|mark| (mark.start, mark.end));
    let shown = window(text, marks.first().map_or(0, |mark| mark.start));

    let mut out = String::with_capacity(text.len() + 16);
    if shown.start > 0 {
        out.push('…');
    }
    let mut at = shown.start;
    let mut marks = marks.into_iter().peekable();
    while let Some(mut mark) = marks.next() {
        while let Some(next) = marks.next_if(|next| next.start <= mark.end) {
            mark.end = mark.end.max(next.end);
        }
        let mark = mark.start.max(at)..mark.end.min(shown.end);
        if mark.is_empty() {
            continue;
        }
        escape(&text[at..mark.start], &mut out);
        out.push_str("<em>");
        escape(&text[mark.clone()], &mut out);
        out.push_str("</em>");
        at = mark.end;
    }
    escape(&text[at..shown.end], &mut out);
    if shown.end < text.len() {
        out.push('…');
    }
    out
}

/// Finds the bytes of a place that were typed: from its first word to the last typed character.
fn marks_of(text: &str, tokens: &[Token], place: &Place) -> Option<Range<usize>> {
    let words = tokens.get(place.start..place.end)?;
    let start = words.first()?.start;
    let Some(mut typed) = place.typed else {
        return Some(start..words.last()?.end);
    };
    for word in words {
        let length = word.word.chars().count();
        if typed <= length {
            let end = end_of_prefix(&text[word.start..word.end], typed);
            return Some(start..word.start + end);
        }
        typed -= length;
    }
    Some(start..words.last()?.end)
}

/// Chooses what is shown of a text whose first match begins at `first`.
fn window(text: &str, first: usize) -> Range<usize> {
    if text.chars().count() <= WINDOW {
        return 0..text.len();
    }
    let before: Vec<usize> = text[..first].char_indices().map(|(at, _)| at).collect();
    let start = if before.len() <= LEAD {
        0
    } else {
        let from = before[before.len() - LEAD];
        // Begin with a whole word if there is one.
        text[from..first]
            .find(' ')
            .map_or_else(|| start_of_grapheme(text, from), |space| from + space + 1)
    };
    let after = text[start..].char_indices().nth(WINDOW);
    let end = after.map_or(text.len(), |(at, _)| start + at);
    start..end_of_grapheme(text, end)
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use sv_ports::index::{Words, analysis::normal};

    use super::*;
    use crate::domain::matching::Line;

    fn shown(text: &str, typed: &str) -> String {
        let line = normal(text);
        let line = Line::of(&line);
        let places: Vec<Place> = Words::parse(typed)
            .words
            .iter()
            .flat_map(|word| match line.places(word) {
                none if none.is_empty() => line.mended_places(word),
                some => some,
            })
            .collect();
        highlight(text, &places)
    }

    #[test]
    fn only_what_was_typed_is_marked() {
        for (text, typed, expected) in [
            ("Amélie", "amel", "<em>Amél</em>ie"),
            ("Ame\u{301}lie", "ame", "<em>Ame\u{301}</em>lie"),
            ("The Matrix", "matr", "The <em>Matr</em>ix"),
            ("Star Wars", "star wa", "<em>Star</em> <em>Wa</em>rs"),
            ("WALL·E", "walle", "<em>WALL·E</em>"),
            ("Spider-Man", "spiderm", "<em>Spider-M</em>an"),
            ("Cœur", "coe", "<em>Cœ</em>ur"),
            ("Titanic", "titanci", "<em>Titanic</em>"),
            ("Inception", "incpe", "<em>Incep</em>tion"),
            ("Alien", "zzz", "Alien"),
            ("千と千尋の神隠し", "千尋", "千と<em>千尋</em>の神隠し"),
            ("ガラスの灯台", "がら", "<em>ガラ</em>スの灯台"),
            ("ｶﾞﾗｽ", "が", "<em>ｶﾞ</em>ﾗｽ"),
            ("龍門舊夢", "旧", "龍門<em>舊</em>夢"),
            ("รักแห่งสยาม", "สยา", "รักแห่ง<em>สยา</em>ม"),
            ("المدينة", "مدي", "ال<em>مدي</em>نة"),
            ("नीली किताब", "कि", "नीली <em>कि</em>ताब"),
            ("क्षत्रिय", "क्", "<em>क्ष</em>त्रिय"),
            ("!!!", "!!", "<em>!!</em>!"),
            ("C++", "c+", "<em>C+</em>+"),
            ("❤\u{fe0f}", "❤", "<em>❤\u{fe0f}</em>"),
        ] {
            assert_eq!(shown(text, typed), expected);
        }
    }

    #[test]
    fn the_text_is_escaped_and_cannot_bring_markup() {
        assert_eq!(
            shown("<b>Fast & \"Furious\"</b> 'n'", "fast"),
            "&lt;b&gt;<em>Fast</em> &amp; &quot;Furious&quot;&lt;/b&gt; &#39;n&#39;"
        );
        assert_eq!(
            shown("<em>Alien</em>", "em"),
            "&lt;<em>em</em>&gt;Alien&lt;/<em>em</em>&gt;"
        );
    }

    #[test]
    fn of_a_long_text_the_part_around_the_match_is_shown() {
        let text = "Much happens in space. ".repeat(20)
            + "Then a xenomorph comes. "
            + &"Blood. ".repeat(40);
        let shown = shown(&text, "xenomorph");
        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        assert!(
            shown.contains("Then a <em>xenomorph</em> comes."),
            "{shown}"
        );
        assert!(shown.chars().count() < 180);
    }

    proptest::proptest! {
        #[test]
        fn no_mark_cuts_what_readers_take_for_one_character(
            text in "([ก-๎ก-๎]|[\u{900}-\u{97f}]|[\u{1100}-\u{11ff}가-힣]|[👩👍🏽\u{200d}❤\u{fe0f}🇳🇴]|[ae\u{301} ]|[ァ-ン゙]){0,40}",
            from in 0..40_usize,
            length in 1..6_usize,
        ) {
            let typed: String = text.chars().skip(from).take(length).collect();
            let marked = shown(&text, &typed);
            if !marked.contains('…') {
                let mut at = 0;
                for part in marked.split("<em>").flat_map(|part| part.split("</em>")) {
                    at += part.len();
                    proptest::prop_assert!(
                        sv_ports::index::grapheme::is_boundary(&text, at),
                        "{} of {}", at, text
                    );
                }
            }
        }

        #[test]
        fn nothing_but_marks_is_added(text in "\\PC{0,60}", typed in "\\PC{0,12}") {
            let marked = shown(&text, &typed);
            let plain = marked.replace("<em>", "").replace("</em>", "");
            let mut escaped = String::new();
            escape(&text, &mut escaped);
            proptest::prop_assert_eq!(plain, escaped);
        }
    }
}
