//! What search keeps of channels and their programmes (X-SR-3).

use sv_proto::{
    content::ContentType,
    convert::instant,
    livetv::{Channel, Programme},
};
use sv_rules::maturity;

use super::Texts;
use crate::domain::{Airing, Entry, Field};

/// Makes what search keeps of a channel.
pub(crate) fn channel(channel: Channel) -> Entry {
    let mut texts = Texts::default();
    texts.add(Field::Title, &channel.name);
    let genres = channel.genres.iter();
    genres.for_each(|genre| texts.add(Field::Genre, genre));
    if channel.number > 0 {
        texts.add(Field::Tag, &channel.number.to_string());
    }
    texts.add(Field::Synopsis, &channel.description);
    Entry {
        kind: ContentType::Channel.into(),
        year: 0,
        popularity: 0.0,
        for_children: maturity::open_to_kids(&channel.maturity_rating),
        open: Vec::new(),
        airing: None,
        id: channel.id,
        title: channel.name,
        poster_url: channel.logo_url,
        genres: channel.genres,
        texts: texts.texts,
    }
}

/// Makes what search keeps of a programme of a channel; nothing of one without times.
pub(crate) fn programme(channel: &Channel, programme: Programme) -> Option<Entry> {
    let airing = Airing {
        channel_id: channel.id.clone(),
        starts_at: instant(programme.start_time?).micros(),
        stops_at: instant(programme.stop_time?).micros(),
    };
    let mut texts = Texts::default();
    texts.add(Field::Title, &programme.title);
    let categories = programme.categories.iter();
    categories.for_each(|category| texts.add(Field::Genre, category));
    texts.add(Field::Tag, &programme.subtitle);
    texts.add(Field::Tag, &channel.name);
    texts.add(Field::Synopsis, &programme.description);
    // As the guide shows it: both have to allow it, and a programme may be rated by its channel alone.
    let own = &programme.maturity_rating;
    let for_children = maturity::open_to_kids(&channel.maturity_rating)
        && (own.is_empty() || maturity::open_to_kids(own));
    Some(Entry {
        kind: ContentType::Programme.into(),
        year: 0,
        popularity: 0.0,
        for_children,
        open: Vec::new(),
        airing: Some(airing),
        id: programme.id,
        title: programme.title,
        poster_url: programme.image_url,
        genres: programme.categories,
        texts: texts.texts,
    })
}
