## What mails to the owners of accounts say.

reset-subject = Choose a new password
reset-asked = Somebody, perhaps you, has asked for a new password for the StreamVerse account of this address.
reset-choose = Choose a new password
reset-until = The link works once, within an hour.
reset-ignore = If it was not you, do nothing: your password stays as it is.
changed-subject = Your password was changed
changed-when = The password of your StreamVerse account was changed on { $when }. Other devices were signed out.
changed-not-you = If it was not you, choose a new one at once.
signed = StreamVerse
