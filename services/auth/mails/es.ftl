## What mails to the owners of accounts say.

reset-subject = Elige una nueva contraseña
reset-asked = Alguien, quizás tú, ha pedido una nueva contraseña para la cuenta de StreamVerse de esta dirección.
reset-choose = Elegir una nueva contraseña
reset-until = El enlace funciona una sola vez, durante una hora.
reset-ignore = Si no fuiste tú, no hagas nada: tu contraseña sigue siendo la misma.
changed-subject = Se cambió tu contraseña
changed-when = La contraseña de tu cuenta de StreamVerse se cambió el { $when }. Se cerró la sesión en los demás dispositivos.
changed-not-you = Si no fuiste tú, elige una nueva de inmediato.
signed = StreamVerse
