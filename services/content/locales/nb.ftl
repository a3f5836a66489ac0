## content

content-MOVIE_NOT_FOUND = Det finnes ingen slik film.
content-CONTENT_NOT_FOUND = Det finnes ingen slik tittel.
content-ORDER_UNKNOWN = Listen kan ikke sorteres etter { $order }. Den kan sorteres etter { $offered }.
content-SERIES_NOT_FOUND = Det finnes ingen slik serie.
content-EPISODE_NOT_FOUND = Det finnes ingen slik episode.
content-SEASON_NOT_FOUND = Serien har ingen sesong { $season }. Legg den til i serien først.
content-EPISODE_NUMBER_TAKEN = Sesong { $season } har allerede en episode { $episode }. Gi denne et annet nummer.
content-SERIES_NOT_EMPTY = Serien har { $episodes } episoder. Slett dem først, eller arkiver serien.
content-SEASON_NOT_EMPTY = Sesong { $season } har { $episodes } episoder. Slett dem eller flytt dem til en annen sesong først.
content-SEASON_REPEATED = Det er to sesonger { $season }. Gi hver sesong sitt eget nummer.
content-VIDEO_NOT_FOUND = Det finnes ingen slik video.
content-PLAYLIST_NOT_FOUND = Det finnes ingen slik spilleliste.
content-POSITION_UNKNOWN = Endringene etter denne posisjonen huskes ikke lenger: de huskes i tre dager. Åpne strømmen uten posisjon, les katalogen og fortsett derfra.
content-PERSON_NOT_FOUND = Det finnes ingen slik person.
content-PERSON_CREDITED = { $titles } titler krediterer denne personen. Ta personen ut av rulletekstene først.
content-WINDOW_INVALID = Et tidsvindu slutter etter at det begynner. Utelat slutten der det ikke har noen.
content-COLLECTION_NOT_FOUND = Det finnes ingen slik samling.
content-COLLECTION_MIXED = En samling har enten en liste over titler eller en regel. Utelat en av dem.
content-COLLECTION_LIMIT = Det er høyst { $limit } samlinger. Slett en først.
content-MARKER_INVALID = En markør slutter etter at den begynner. Utelat slutten på en som varer til tittelen er slutt.
content-EXTERNAL_ID_TAKEN = { $source }:{ $value } er navnet på en annen tittel. Ta det fra den først, eller utelat det.
