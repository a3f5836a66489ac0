## What mails to the owners of accounts say.

reset-subject = اختر كلمة مرور جديدة
reset-asked = طلب شخص ما، ربما أنت، كلمة مرور جديدة لحساب StreamVerse الخاص بهذا العنوان.
reset-choose = اختر كلمة مرور جديدة
reset-until = يعمل الرابط مرة واحدة، خلال ساعة.
reset-ignore = إذا لم تكن أنت، فلا تفعل شيئًا: ستبقى كلمة مرورك كما هي.
changed-subject = تم تغيير كلمة مرورك
changed-when = تم تغيير كلمة مرور حسابك في StreamVerse في { $when }. تم تسجيل الخروج من الأجهزة الأخرى.
changed-not-you = إذا لم تكن أنت، فاختر كلمة مرور جديدة على الفور.
signed = StreamVerse
