//! What search keeps of a collection (X-CAT-10).

use sv_proto::content::{Collection, ContentType};

use super::{Texts, open_of};
use crate::domain::{Entry, Field};

/// Makes what search keeps of a collection: it is found by its name in every language.
pub(crate) fn collection(collection: Collection) -> Entry {
    let mut texts = Texts::default();
    texts.add(Field::Title, &collection.title);
    for translation in &collection.translations {
        texts.add(Field::Translation, &translation.title);
    }
    texts.add(Field::Synopsis, &collection.description);
    for translation in &collection.translations {
        texts.add(Field::Synopsis, &translation.description);
    }
    Entry {
        kind: ContentType::Collection.into(),
        year: 0,
        popularity: 0.0,
        // Its titles decide, when it is found.
        for_children: true,
        open: collection.availability.iter().map(open_of).collect(),
        airing: None,
        id: collection.id,
        title: collection.title,
        poster_url: collection.poster_url,
        genres: Vec::new(),
        texts: texts.texts,
    }
}
