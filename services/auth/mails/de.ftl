## What mails to the owners of accounts say.

reset-subject = Neues Passwort wählen
reset-asked = Jemand, vielleicht du, hat für das StreamVerse-Konto dieser Adresse ein neues Passwort angefordert.
reset-choose = Neues Passwort wählen
reset-until = Der Link funktioniert einmal, innerhalb einer Stunde.
reset-ignore = Wenn du es nicht warst, musst du nichts tun: Dein Passwort bleibt, wie es ist.
changed-subject = Dein Passwort wurde geändert
changed-when = Das Passwort deines StreamVerse-Kontos wurde am { $when } geändert. Andere Geräte wurden abgemeldet.
changed-not-you = Wenn du es nicht warst, wähle sofort ein neues.
signed = StreamVerse
