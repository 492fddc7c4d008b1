"""Verbs of saying, pronouns, and the words that stand before a name without being part of it."""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BARE_STEMS: Final = _words(
    """kata ujar ucap tutur ungkap sebut jelas tegas papar terang imbuh tambah lanjut beber cetus tukas pungkas tulis bunyi tandas timpal
    urai sambung kilah keluh akui tanya jawab seru celetuk kenang cerita sindir pesan ajak pinta saran canda kelakar bantah klaim
    simpul rinci kisah tutup sahut puji tegur ledek gurau bisik tanggap soroti komentar usul harap sentil"""
)
"""Indonesian and Malay: «…,» ujar X. With -nya («ujarnya») the speaker is one who was named before."""

SAYING: Final = BARE_STEMS | _words(
    """mengatakan menyatakan menuturkan menegaskan menyebut menyebutkan berkata menjelaskan menerangkan mengungkapkan mengungkap
    menambahkan memaparkan menyampaikan membeberkan merinci merincikan menilai mengaku menekankan mengimbau meminta menuliskan menulis
    melanjutkan mengklaim membenarkan membantah mencontohkan mengingatkan memastikan menceritakan menyoroti menyayangkan menduga
    mengusulkan mengajak menyarankan berharap bercerita berpendapat mengakui mengkritik menanggapi menjawab melaporkan mengonfirmasi
    mengkonfirmasi mengumumkan memuji mengeluhkan menandaskan mengapresiasi bilang meyakini mempertanyakan berpesan menyinggung merespons
    menjanjikan berjanji bersumpah mengancam memperingatkan memprotes bersaksi mendesak menganggap memandang berujar bertutur
    menyimpulkan menuding menimpali membeber menguraikan memperkirakan
    menargetkan menyambut memberitahu memberitahukan menyeru mengutarakan menurut disampaikan dikatakan diungkapkan dijelaskan ditegaskan
    said says told tells added adds wrote writes explained explains warned warns argued argues noted notes stated states tweeted
    posted asked
    replied recalled insisted insists continued concluded testified claimed claims commented declared remarked stressed acknowledged
    admitted announced complained promised pledged vowed threatened predicted joked quipped suggested urged according observed
    sagte sagt erklärte erklärt betonte betont meinte meint schrieb schreibt kritisierte forderte berichtete ergänzte warnte so
    dit déclare déclaré déclarait explique expliqué affirme affirmé ajoute ajouté assure assuré précise précisé souligne souligné estime
    estimé indique indiqué raconte écrit confié confie lance lancé
    dijo dice afirmó afirma señaló señala explicó explica aseguró asegura añadió agregó declaró indicó manifestó sostuvo expresó apuntó
    comentó advirtió recordó escribió según
    disse diz afirmou afirma explicou explica declarou acrescentou destacou ressaltou contou relatou escreveu completou avaliou segundo
    detto dice spiega spiegato afferma affermato dichiarato racconta aggiunge aggiunto scrive scritto sottolinea commenta
    zegt zei aldus verklaarde vertelt stelt schrijft volgens
    säger sade sa berättar skriver förklarar menar uppger
    sier sa forteller mener siger sagde fortæller mener skriver forklarer udtaler
    sanoo sanoi kertoo kertoi toteaa totesi kommentoi kirjoittaa
    powiedział powiedziała mówi mówił dodał dodała stwierdził stwierdziła podkreślił podkreśliła zaznaczył zaznaczyła napisał wyjaśnił
    řekl řekla uvedl uvedla dodal dodala prohlásil říká vysvětlil vysvětlila napsal
    dedi diyor söyledi belirtti ifade konuştu diyen a\u00e7\u0131klad\u0131 vurgulad\u0131 ekledi
    сказал сказала заявил заявила отметил отметила сообщил сообщила добавил добавила подчеркнул подчеркнула пояснил пояснила рассказал
    рассказала написал написала говорит считает
    сказав сказала заявив заявила зазначив зазначила додав додала повідомив повідомила наголосив написав пояснив розповів каже
    nói biết"""
)
"""Folded verbs of saying in all languages that have cases of letters, finite or as participle."""

PRONOUNS: Final = _words("dia ia beliau he she er sie il elle él ella ele ela lui lei hij zij ze han hun hon hän ona он она він вона")
WE_AND_THEY: Final = _words("kami kita mereka they we i saya aku ils elles ellos ellas eles elas loro они вони")

STATEMENTS: Final = _words("pernyataan keterangan siaran rilis statement release letter surat laporan report putusan maklumat")

SUBJECTLESS: Final = _words(
    """dijo afirmó señaló explicó aseguró añadió agregó declaró indicó manifestó sostuvo expresó comentó advirtió recordó disse afirmou
    explicou declarou acrescentou destacou ressaltou contou completou detto spiega afferma aggiunge spiegato aggiunto powiedział
    powiedziała
    dodał dodała stwierdził stwierdziła podkreślił podkreśliła řekl řekla uvedl uvedla dodal dodala dedi diyor söyledi konuştu
    добавил добавила отметил отметила подчеркнул подчеркнула"""
)
"""Verbs that need no pronoun: their ending tells the person."""

TITLES: Final = _words(
    """kepala wakil wakapolri waka ketua sekretaris bendahara menteri mensesneg menkeu mendagri menlu menag menhan menko menkes
    menaker mentan
    mendikbud presiden wapres gubernur wagub bupati wabup wali walikota wawali kota camat lurah kades desa dusun rt rw direktur dirut
    direksi
    komisaris utama manajer manager general kasi kasat kasubsi kasubag kabag kabid kadis kasatreskrim kapolda kapolres kapolsek
    kapolri kapolresta
    kapolrestabes wakapolres wakapolda dirreskrimum dirreskrimsus dirkrimum kabareskrim wadir dir kanit kajari kajati kapuspenkum kapuspen
    kadispenad kabiro karo jaksa agung hakim panglima komandan danrem dandim pangdam kapten mayor kolonel letkol letjen mayjen brigjen
    jenderal irjen komjen kombes pol akbp kompol akp iptu ipda aiptu aipda bripka brigadir briptu laksamana marsekal pratu serda serka
    peltu
    mabes polri polda polres polsek polresta polrestabes bareskrim divisi humas kehumasan kabidhumas satreskrim reskrim intel
    intelijen tipikor
    kortas kortastipidkor kejari kejati kejagung kejaksaan negeri tinggi pengadilan mahkamah konstitusi dewan perwakilan rakyat daerah
    provinsi
    kabupaten kecamatan kelurahan dinas badan lembaga komisi komite fraksi partai badan direktorat jenderal deputi bidang urusan staf
    khusus
    ahli juru bicara jubir pengacara kuasa hukum advokat pengamat peneliti dosen guru besar rektor dekan profesor prof dr ir drs dra
    kh h hj
    ustaz ustadz pak bu bapak ibu mas mbak bang kakak gus tim satuan tugas satgas koordinator anggota warga pelaksana harian plt plh
    pj pjs
    penjabat mantan eks kemenkeu kemendagri kemenkes kemenag kemenhub pemprov pemkab pemkot pemerintah republik indonesia nasional
    pusat wilayah
    tindak pidana umum seksi subdirektorat subdit unit penindakan eksekusi penyidikan pencegahan penerangan koordinasi supervisi hubungan
    masyarakat ekonomi perekonomian politik keamanan pertahanan luar dalam keuangan perdagangan perindustrian pertanian perhubungan
    kesehatan
    pendidikan sosial agama pangan kebudayaan kehutanan kelautan perikanan investasi hilirisasi ketenagakerjaan energi pariwisata
    pemuda olahraga
    perumahan infrastruktur pembangunan perencanaan universitas institut fakultas yayasan asosiasi perhimpunan persatuan serikat pt cv
    bank
    asisten setdaprov setda setdakab dirjen pajak anggaran ekonom bea cukai sesmenko sesditjen sesjen sekjen inspektur kepolisian
    resor sektor
    tenaga kerja gedung putih metro jaya kasubdit katim ketum waketum wasekjen bendum ceo cfo coo cto founder co-founder pendiri
    pemilik owner head corporate
    communication communications public relations managing partner analis analyst senior economist produk pemasaran operasional
    kemitraan bisnis
    layanan pengembangan teknologi informasi digital inovasi riset penelitian kajian studi makro mikro fiskal kebijakan strategis
    sekolah sma smp
    smk smkn sman pondok pesantren ponpes rumah sakit rsud puskesmas klinik dokter bidan perawat stasiun meteorologi kantor balai
    museum damkar
    pemadam kebakaran bpbd basarnas sar operasi lalu lintas kasatlantas satlantas kakorlantas korlantas dirlantas ditlantas satresnarkoba
    kasatresnarkoba kasatnarkoba kasihumas propam ditreskrimum ditreskrimsus reserse kriminal narkoba siber ditsiber kabidpropam wakajati
    aspidsus aspidum kasipidsus kasiintel pidsus jampidsus jampidum jamintel kasipenkum babinsa koramil kodim danramil danlanal danlanud
    pangkostrad wamen wamenkeu wamendagri wamenhan wamenaker wamenkes wamenlu wamenpar wamentan menhub menpora menpan menpar menperin
    mendag
    menkop menkomdigi menkumham menkum menkopolkam mendikdasmen mendiktisaintek menbud mensos kementerian pengurus pimpinan dpp dpw dpc
    mahasiswa presidium relawan aktivis pegiat pakar psikolog sosiolog kriminolog budayawan sejarawan seniman penyanyi aktor aktris artis
    sutradara produser pelatih bek kiper penyerang gelandang wasit sentral syariah  muhammadiyah
    federal reserve institute institution research university college school center centre association council committee commission
    foundation bank central group global international world organization organisation nations united national
    golkar gerindra nasdem demokrat hanura perindo pkb pks pdip pdi perjuangan pan ppp psi
    president vice prime minister premier secretary deputy chief executive officer chairman chairwoman chair senator sen rep
    representative
    congressman congresswoman governor gov mayor judge justice general gen colonel col lieutenant lt captain capt sergeant sgt major
    admiral
    commander commissioner sheriff inspector detective constable superintendent director professor doctor chancellor king queen prince
    princess lord lady sir dame mr mrs ms miss mx rev reverend bishop archbishop cardinal speaker spokesman spokeswoman spokesperson
    ambassador attorney foreign defence defense interior health finance treasury state commerce homeland security education energy
    environment
    agriculture labour labor transport transportation affairs police department ministry house white office us uk eu u.s u.k republican
    democratic democrat coach manager former housewife farmer fisherman trader shopkeeper teacher student pupil pensioner retiree resident
    villager neighbour neighbor lawyer barrister economist engineer nurse surgeon pilot driver volunteer activist campaigner author
    historian scientist researcher filmmaker photographer actor actress singer baker butcher carpenter midwife puan datuk dato dato'
    datin encik cik yb tun ahli parlimen menteri besar
    präsident präsidentin minister ministerin kanzler kanzlerin bundeskanzler bundeskanzlerin bürgermeister bürgermeisterin sprecher
    sprecherin
    vorsitzende vorsitzender chef chefin trainer herr frau polizei m mme mlle monsieur madame president presidente don doña sr sra señor
    signor signora pan pani herra rouva господин bay bayan ông bà anh chị"""
)
"""Roles, ranks, honorifics and the words of institutions that are printed with a capital right before a name."""

TERRITORIAL: Final = _words(
    "bupati gubernur kota camat lurah desa dusun kapolres kapolsek kapolda dandim dprd polres polsek kecamatan kabupaten kelurahan"
)
"""What follows these is a place, before a comma and a name."""

TITLE_ENDINGS: Final = (
    "minister",
    "ministerin",
    "sprecher",
    "sprecherin",
    "präsident",
    "präsidentin",
    "chef",
    "chefin",
    "meister",
    "meisterin",
    "leiter",
    "leiterin",
    "experte",
    "expertin",
    "direktor",
    "direktorin",
    "vorsitzende",
    "vorsitzender",
    "anwalt",
    "anwältin",
    "kanzler",
    "kanzlerin",
    "politiker",
    "politikerin",
    "forscher",
    "forscherin",
)
"""German compounds end in the role."""

DAYS: Final = _words(
    """senin selasa rabu kamis jumat jum'at sabtu minggu ahad isnin khamis monday tuesday wednesday thursday friday saturday sunday
    januari februari maret april mei juni juli agustus september oktober november desember january february march may june july august
    october
    december montag dienstag mittwoch donnerstag freitag samstag sonntag"""
)

NO_NAMES: Final = (
    _words(
        """menurut sementara namun dalam adapun selain terkait berdasarkan sebelumnya kemudian lalu saat ketika setelah usai pada untuk
    oleh
    bahkan tak tidak hal atas ini itu dia ia beliau kami kita mereka saya polisi warga korban pelaku pihaknya pihak pemerintah
    penyidik tersangka
    petugas melalui kendati sehingga walau walaupun maka demi sejak seusai sebaliknya kini guna tanpa seluruh setiap beberapa banyak
    sejumlah sebanyak agar supaya bagi tentang sepanjang selama begitu terlebih apalagi padahal justru hanya juga jadi akhirnya
    pasalnya lantas pertama kedua ketiga keempat kelima data hasil program media negara nomor kondisi kasus proses upaya langkah
    pencapaian kegiatan masalah hampir baru biasa tapi tetapi sebelum sesudah dari kepada laporan hingga karena meski meskipun
    jika kalau apabila dan atau dengan
    sebagai seorang salah para semua dirinya keduanya
    ketiganya
    the a an he she they it we i but and in on at as when after before while if this that these those his her their its according
    there who what where why how for from with by to of police officials residents witnesses
    der die das ein eine er sie es wir ich in im am auf mit nach von für und aber als wenn
    le la les un une il elle ils elles je nous on dans en au aux et mais pour selon
    el los las él ella ellos yo pero y por para según o os as um uma ele ela eles mas e no na em
    lo gli i ma per de het een hij zij ze wij en maar den det ett han hon men och og on ona ten to jest
    он она они в на по и но что это как он я мы він вона вони"""
    )
    | DAYS
)
"""Words that open sentences with a capital and name nobody."""

RELATIVES: Final = _words(
    "pengacara kuasa hukum jubir juru bicara istri suami anak ibu ayah kakak adik asisten keluarga kerabat lawyer attorney spokesman"
    " spokeswoman spokesperson wife husband son daughter mother father sister brother for"
)
"""Roles to somebody: in «pengacara X, Y» it is Y who speaks."""

STOPS: Final = _words(
    """kepada dalam saat di pada ketika usai seusai setelah dikutip dilansir lewat melalui seperti sambil dari terkait soal bahwa yang
    mengutip menjelang sebelum untuk melansir
    in on at to that after during when while about as from as by
    am im in bei nach vor gegenüber à au dans lors en sur après ante durante tras em no na durante a al nel alla tegen vandaag
    через во в на по"""
)
"""What follows is where, when and to whom, and no speaker."""

PARTICLES: Final = _words("al bin binti da de del della den der dos du el ibn la le ten ter van von bint")
