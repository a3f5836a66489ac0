## streaming

streaming-ACCESS_DENIED = Denne tittelen er ikke åpen for deg: { $basis }.
streaming-CONTENT_NOT_FOUND = Det finnes ingen slik tittel.
streaming-MEDIA_NOT_READY = Denne tittelen kan ikke spilles av ennå. Prøv igjen senere.
streaming-MEDIA_INVALID = Mediene kan ikke publiseres: { $problem }.
streaming-PLAY_TOKEN_INVALID = Denne adressen er ikke gyldig. Start avspillingen på nytt.
streaming-PLAY_TOKEN_EXPIRED = Denne adressen er utløpt. Start avspillingen på nytt.
streaming-QUALITY_NOT_INCLUDED = Abonnementet ditt gir ikke denne kvaliteten. Spill av det som hovedspillelisten viser.
streaming-MEDIA_NOT_FOUND = Denne tittelen har ingen slik fil.
streaming-RANGE_NOT_SATISFIABLE = Området ligger utenfor filens { $size } byte.
streaming-PREFETCH_REFUSED = Avspillingen starter når en seer ber om det, ikke på forhånd.
streaming-STREAM_LIMIT = Kontoen din spiller av så mye på en gang som den kan: { $limit }. Stopp en av strømmene som er listet i details, eller vent til en slutter.
streaming-PLAY_SESSION_NOT_FOUND = Det finnes ingen slik avspilling. Start avspillingen på nytt.
streaming-NOT_WATCHED = Profilen har ikke spilt av denne tittelen.
streaming-CHANNEL_NOT_FOUND = Det finnes ingen slik kanal.
streaming-CHANNEL_OFF_AIR = Denne kanalen sender ikke for øyeblikket. Prøv igjen senere.
streaming-CHANNEL_NOT_READY = Denne kanalen har ennå ingen strøm som kan spilles av. Prøv igjen senere.
streaming-CAPTIONS_INVALID = Teksten kan ikke leses: { $problem }.
streaming-CAPTIONS_NOT_FOUND = Tittelen har ikke tekst på dette språket og av dette slaget.
streaming-CAPTIONS_LIMIT = En tittel har høyst { $limit } tekster. Slett noen først.
streaming-ARTWORK_INVALID = Bildet kan ikke brukes: { $problem }.
streaming-ARTWORK_NOT_FOUND = Tittelen har ikke noe slikt bilde.
streaming-ARTWORK_LIMIT = En tittel har høyst { $limit } bilder. Slett noen først.
