## What mails to the owners of accounts say.

reset-subject = Velg et nytt passord
reset-asked = Noen, kanskje du, har bedt om et nytt passord til StreamVerse-kontoen for denne adressen.
reset-choose = Velg et nytt passord
reset-until = Lenken virker én gang, innen en time.
reset-ignore = Hvis det ikke var deg, trenger du ikke gjøre noe: Passordet ditt forblir som det er.
changed-subject = Passordet ditt er endret
changed-when = Passordet til StreamVerse-kontoen din ble endret { $when }. Andre enheter ble logget ut.
changed-not-you = Hvis det ikke var deg, velg et nytt med en gang.
signed = StreamVerse
