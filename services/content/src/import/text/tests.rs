//! What is repaired, and what never is.

use super::*;

/// Reads a text as the only one of its file.
fn read(text: &str) -> Reading {
    of_file(&[text]).read(text)
}

fn of_file(texts: &[&str]) -> Letters {
    let mut evidence = Evidence::default();
    for text in texts {
        evidence.look_at(text);
    }
    evidence.letters()
}

/// Reads a text of a file that was written on Windows and read as Mac OS Roman, or the other way.
fn read_after(proofs: [&str; 3], text: &str) -> Reading {
    of_file(&proofs).read(text)
}

const WINDOWS_AS_MAC: [&str; 3] = ["LÈon", "CachÈ", "La MÙme"];
const MAC_AS_WINDOWS: [&str; 3] = ["AmŽlie", "CachŽ", "LŽon"];

#[test]
fn windows_letters_read_as_mac_roman_are_repaired_where_the_file_proves_it() {
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
        let repaired = Reading::Repaired(right.into());
        assert_eq!(read_after(WINDOWS_AS_MAC, damaged), repaired, "{damaged}");
        assert_eq!(read(damaged), Reading::Doubtful, "{damaged} alone");
    }
}

#[test]
fn a_text_with_two_ways_back_goes_the_way_that_its_file_has_proved() {
    assert_eq!(read("Die F‰lscher"), Reading::Doubtful);
    assert_eq!(
        read_after(WINDOWS_AS_MAC, "Die F‰lscher"),
        Reading::Repaired("Die Fälscher".into())
    );
    assert_eq!(
        read_after(MAC_AS_WINDOWS, "Le ch‰teau"),
        Reading::Repaired("Le château".into())
    );
    let both = [WINDOWS_AS_MAC, MAC_AS_WINDOWS].concat();
    assert_eq!(of_file(&both).read("Le ch‰teau"), Reading::Doubtful);
    let one = of_file(&["LÈon", "LÈon", "LÈon", "LÈon"]);
    assert_eq!(one.read("LÈon"), Reading::Doubtful, "one text, often");
}

#[test]
fn a_file_whose_letters_are_in_their_places_proves_nothing() {
    let mixed = [&WINDOWS_AS_MAC[..], &["Amélie"]].concat();
    assert_eq!(of_file(&mixed).read("LÈon"), Reading::Doubtful);
}

#[test]
fn mac_roman_letters_read_as_windows_are_repaired() {
    assert_eq!(
        read_after(MAC_AS_WINDOWS, "AmŽlie"),
        Reading::Repaired("Amélie".into())
    );
}

#[test]
fn utf_8_read_as_something_else_is_repaired() {
    assert_eq!(read("AmÃ©lie"), Reading::Repaired("Amélie".into()));
    assert_eq!(read("L√©on"), Reading::Repaired("Léon".into()));
    assert_eq!(read("Ã\u{89}cole"), Reading::Repaired("École".into()));
    assert_eq!(read("Ãœber uns"), Reading::Repaired("Über uns".into()));
    assert_eq!(read("Ãšltimo"), Reading::Repaired("Último".into()));
    assert_eq!(read("canciÃ³n"), Reading::Repaired("canción".into()));
    assert_eq!(
        read("Ã\u{a0} bout de souffle"),
        Reading::Repaired("à bout de souffle".into())
    );
    assert_eq!(read("Itâ€™s Alive"), Reading::Repaired("It’s Alive".into()));
    assert_eq!(read("Ð˜Ð´Ð¸"), Reading::Repaired("Иди".into()));
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
        "Úžas",
        "ÚŽ",
        "Úž",
        "Óš!",
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
        "Tír na nÓg",
        "Mná na hÉireann",
        "FUßBALL",
        "Die GROßE Reise",
        "Paral·lel 62",
        "La col·lecció",
        "L’île",
        "L’âge",
        "« Décidé\u{a0}»",
        "Décidé\u{a0}…",
        "É\u{a0}»",
        "CAFÉ®",
        "CAFÉ™",
        "CAFÉ”",
        "MÔŽE",
        "NÔŽ",
        "Hawaiʻi",
        "DÉJÀ VU",
        "ÖÄÜ²",
        "IRMÃ",
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
        "CinÉma",
        "PerÚ",
        "LØve",
        "SIGUR RóS",
    ] {
        assert_eq!(read(doubtful), Reading::Doubtful, "{doubtful}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_judged_and_a_repair_is_final(text in "\\PC*") {
        if let Reading::Repaired(repaired) = read(&text) {
            proptest::prop_assert!(!repaired.is_empty());
            proptest::prop_assert!(!repaired.chars().any(char::is_control));
        }
    }

    #[test]
    fn a_correct_text_of_any_script_is_never_changed(text in title()) {
        proptest::prop_assert!(!matches!(read(&text), Reading::Repaired(_)), "{}", text);
    }

    #[test]
    fn a_file_of_correct_texts_changes_none_of_them(texts in proptest::collection::vec(title(), 1..40)) {
        let all: Vec<&str> = texts.iter().map(String::as_str).collect();
        let letters = of_file(&all);
        for text in all {
            proptest::prop_assert!(!matches!(letters.read(text), Reading::Repaired(_)), "{}", text);
        }
    }

    #[test]
    fn utf_8_that_was_read_as_latin_1_comes_back(text in latin_title()) {
        let damaged: String = text.bytes().map(char::from).collect();
        proptest::prop_assume!(damaged != text);
        proptest::prop_assert_eq!(read(&damaged), Reading::Repaired(text));
    }
}

/// The letters of one language each, small and capital.
const ALPHABETS: [(&str, &str); 17] = [
    (
        "aàâbcçdeéèêëfgiîïlmnoôœprstuùûüÿ",
        "AÀÂBCÇDEÉÈÊËFGIÎÏLMNOÔŒPRSTUÙÛÜŸ",
    ),
    ("aäbdefghiklmnoöprsßtuüz", "AÄBDEFGHIKLMNOÖPRSTUÜZ"),
    (
        "aábcdeéfgiíjlmnñoópqrstuúüvz",
        "AÁBCDEÉFGIÍJLMNÑOÓPQRSTUÚÜVZ",
    ),
    (
        "aãáàâbcçdeéêfgiílmnoõóôprstuúv",
        "AÃÁÀÂBCÇDEÉÊFGIÍLMNOÕÓÔPRSTUÚV",
    ),
    ("aåäbdefghijklmnoöprstuvyæø", "AÅÄBDEFGHIJKLMNOÖPRSTUVYÆØ"),
    (
        "aáæðeéiíoóöþuúyýbdfghjklmnprst",
        "AÁÆÐEÉIÍOÓÖÞUÚYÝBDFGHJKLMNPRST",
    ),
    (
        "aąbcćdeęfghijklłmnńoóprsśtuwyzźż",
        "AĄBCĆDEĘFGHIJKLŁMNŃOÓPRSŚTUWYZŹŻ",
    ),
    (
        "aábcčdďeéěghijklmnňoópqrřsštťuúůyýzž",
        "AÁBCČDĎEÉĚGHIJKLMNŇOÓPQRŘSŠTŤUÚŮYÝZŽ",
    ),
    (
        "abcçdefgğhıijklmnoöprsştuüvyz",
        "ABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ",
    ),
    (
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
    ),
    (
        "αάβγδεέζηήθιίκλμνξοόπρσςτυύφχψωώ",
        "ΑΆΒΓΔΕΈΖΗΉΘΙΊΚΛΜΝΞΟΌΠΡΣΤΥΎΦΧΨΩΏ",
    ),
    (
        "अआइईकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह",
        "अआइईकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह",
    ),
    (
        "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
        "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    ),
    ("אבגדהוזחטיכלמנסעפצקרשת", "אבגדהוזחטיכלמנסעפצקרשת"),
    (
        "กขคงจฉชซญดตถทธนบปผพฟมยรลวศสหอ",
        "กขคงจฉชซญดตถทธนบปผพฟมยรลวศสหอ",
    ),
    (
        "七人侍千尋神隠東京物語霸王別姬",
        "のはひふかきくけこアイウエオ",
    ),
    ("가나다라마바사아자차카타파하", "기생충올드보이괴물"),
];

/// Makes titles of words as their languages write them.
fn title() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let alphabet = proptest::sample::select(&ALPHABETS[..]);
    let shape = proptest::collection::vec(
        (
            0_u8..3,
            proptest::collection::vec(any::<prop::sample::Index>(), 1..8),
            0_usize..8,
        ),
        1..5,
    );
    (alphabet, shape).prop_map(|((small, capital), words)| {
        let small: Vec<char> = small.chars().collect();
        let capital: Vec<char> = capital.chars().collect();
        let ends = ["", "", "", "!", "…", "?", " –", "\u{a0}!"];
        let words: Vec<String> = words
            .into_iter()
            .map(|(case, letters, end)| {
                let word = letters.iter().enumerate().map(|(at, index)| {
                    let of = if case == 0 || (case == 1 && at == 0) {
                        &capital
                    } else {
                        &small
                    };
                    of[index.index(of.len())]
                });
                let word: String = word.collect();
                // No word of any language: before a sign they are what becomes of `à` and of a
                // no-break space.
                let end = if matches!(&*word, "Ã" | "Â") {
                    ""
                } else {
                    ends[end]
                };
                word + end
            })
            .collect();
        words.join(" ")
    })
}

/// Makes titles in small letters of Western Europe.
fn latin_title() -> impl proptest::strategy::Strategy<Value = String> {
    proptest::string::string_regex(
        "[A-Z][a-z][a-zàâçéèêëîïôùûäöüßáíóúñãõåæø]{1,12}( [a-zéèüöäñ]{2,9}){0,3}",
    )
    .unwrap_or_else(|problem| panic!("{problem}"))
}
