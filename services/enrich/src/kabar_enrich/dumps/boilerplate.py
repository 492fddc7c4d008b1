"""Running text in which a site speaks of itself to its reader: cookies, accounts, newsletters, comments, rights.

It reads as prose and is none of the article. One such word may stand in any article, so one hit tells only of a line
that stands apart; two tell of any.
"""

import re
from typing import Final

LONGEST: Final = 360
"""Characters: a longer line is the article's own, whatever words it has."""
LONGEST_OF_ONE_HIT: Final = 220
HITS_WITHIN_TEXT: Final = 2

_WORDS: Final = """
    cookies? | ad ?block\\w* | javascript | privacy policy | terms (?:of|and) \\w+ | newsletters? | sign(?:ing)? up | unsubscribe | inbox |
    subscri(?:be|bers?|ptions?)\\b | log(?:ged)? ?in\\b | your (?:browser|account|device|experience|email|subscription|support) |
    your (?:data|consent) |
    e-?mail address | follow (?:us|him|her|them|me) on | (?:support|join|contact|email|follow|help) (?:us|our)\\b | donat(?:e|ions?)\\b |
    your comments? | comments? (?:policy|section|are|relevant) | read(?:ers)? comments | all rights reserved | free (?:trial|access) |
    (?:may|must) not be (?:published|reproduced|copied) | without (?:prior|express|the)? ?(?:written )?(?:permission|consent) |
    affiliate | earn a commission | receive a commission | this (?:site|website|web site)\\b | our (?:site|website|app|readers|journalism) |
    click(?:ing)? here | top stories | read more of | to your phone | download the app | sponsored by | powered by | use the code |
    datenschutz\\w* | abonn\\w+ | registrier\\w+ | leserkommentar\\w* | kommentarfunktion\\w* | nutzungsbedingungen | werbeblocker |
    mitglied(?:er)? werden | werden sie mitglied | unterstützen sie | spende\\b | dieser artikel gefallen | alle rechte | einloggen |
    inscri(?:vez|ption)\\w* | infolettre | connectez-vous | commentaires? | données personnelles | soutenez | tous droits |
    suscr[ií]\\w+ | regístr\\w+ | boletín | comentarios? | política de privacidade? | aviso legal | derechos reservados |
    inici(?:a|ar) sesión |
    assin(?:e|antes?|atura) | cadastr\\w+ | direitos reservados | iscriviti | registrati | abbonat\\w* | diritti riservati |
    nieuwsbrief\\w* | inloggen | word lid | nyhets?brev\\w* | nyhedsbrev\\w* | prenumer\\w+ | logga in | logg inn | log ind |
    berlangganan | kebijakan privasi | unduh aplikasi | ikuti (?:kami|kanal|saluran) | komentar anda | hak cipta | dilarang mengutip |
    подпи(?:сывайтесь|шитесь|ска)\\w* | комментари\\w+ | все права | зарегистрир\\w+ | підпи(?:суйтесь|шіться)\\w* | всі права захищено |
    حقوق | اشترك\\w* | abone\\w* | gizlilik | çerez\\w* | zapisz się | polityka prywatności | wszelkie prawa |
    クッキー | 会員登録 | メルマガ | 無断転載 | 著作権 | 購読 |
    订阅 | 訂閱 | 版权 | 版權 | 隐私 | 隱私 |
    未经 | 转载 | 구독 | 무단 | 저작권 | 로그인 | 회원가입
"""
_ALTERNATIVES: Final = "|".join(word for line in _WORDS.split("\n") for part in line.split(" | ") if (word := part.strip(" |")))
_HIT: Final = re.compile(rf"(?<![^\W_])(?:{_ALTERNATIVES})", re.IGNORECASE)


def speaks_of_the_site(line: str, *, within_text: bool) -> bool:
    """Whether a line of running text is the site's own. `within_text` says that such text stands above and below it."""
    if len(line) > LONGEST:
        return False
    hits = {hit.casefold() for hit in _HIT.findall(line)}
    return len(hits) >= (HITS_WITHIN_TEXT if within_text or len(line) > LONGEST_OF_ONE_HIT else 1)
