//! What playlists are and how they change (CAT-12, CAT-13).

use sv_kernel::{Result, is_blank, trim};
use sv_proto::{
    content::{ContentStatus, Playlist},
    convert::refuse,
};
use uuid::Uuid;

use super::items::check_items;

/// Brings what an editor sent into the form in which playlists are stored. `before` is the stored one, if there
/// is one.
///
/// Fails with `VALIDATION_FAILED` where that leaves no title, and where one stands in the list twice.
pub(crate) fn prepare_playlist(
    mut playlist: Playlist,
    before: Option<&Playlist>,
) -> Result<Playlist> {
    trim(&mut playlist.title);
    trim(&mut playlist.description);
    if is_blank(&playlist.title) {
        return Err(refuse("playlist.title", "REQUIRED", "is required"));
    }
    check_items(&mut playlist.item_ids, "playlist")?;
    if playlist.status() == ContentStatus::Unspecified {
        playlist.set_status(before.map_or(ContentStatus::Draft, Playlist::status));
    }
    // Given by the service, whatever the caller says.
    Ok(Playlist {
        id: String::new(),
        item_count: 0,
        items: Vec::new(),
        version: 0,
        create_time: None,
        update_time: None,
        ..playlist
    })
}

/// Lists the ids of a playlist's titles.
pub(crate) fn item_ids(playlist: &Playlist) -> Vec<Uuid> {
    let ids = playlist.item_ids.iter();
    ids.filter_map(|id| Uuid::try_parse(id).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_playlist_has_a_title_and_each_item_once() {
        let id = "01936F00-ffff-7000-8000-000000000001";
        let of = |title: &str, ids: &[&str]| Playlist {
            title: title.into(),
            item_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            version: 7,
            item_count: 9,
            ..Playlist::default()
        };
        let prepared = prepare_playlist(of(" Best ", &[id]), None).unwrap();
        assert_eq!(prepared.title, "Best");
        assert_eq!(prepared.item_ids, [id.to_lowercase()]);
        assert_eq!((prepared.version, prepared.item_count), (0, 0));
        assert_eq!(prepared.status(), ContentStatus::Draft);
        for (wrong, field) in [
            (of(" ", &[]), "playlist.title"),
            (of("x", &["7"]), "playlist.itemIds[0]"),
            (of("x", &[id, &id.to_lowercase()]), "playlist.itemIds[1]"),
        ] {
            let refused = prepare_playlist(wrong, None).unwrap_err();
            assert_eq!(refused.violations()[0].field, field);
        }
        let mut before = of("x", &[]);
        before.set_status(ContentStatus::Published);
        let kept = prepare_playlist(of("y", &[]), Some(&before)).unwrap();
        assert_eq!(kept.status(), ContentStatus::Published);
    }
}
