"""Names of Indonesian provinces, regencies, cities and the islands they lie on, as single words: a place beside a role is no name."""

from typing import Final

_WORDS: Final = """
    aceh sumatera sumatra utara selatan barat timur tengah tenggara riau kepulauan jambi bengkulu lampung bangka belitung banten
    jakarta jawa
    yogyakarta bali nusa tenggara kalimantan sulawesi gorontalo maluku papua pegunungan sumut sumbar sumsel babel kepri jabar jateng
    jatim diy ntb
    ntt kalbar kalteng kalsel kaltim kaltara sulut sulteng sulsel sultra sulbar malut
    medan binjai pematangsiantar siantar tebingtinggi tanjungbalai sibolga padangsidimpuan gunungsitoli deli serdang langkat karo
    simalungun
    asahan batubara labuhanbatu tapanuli nias padang bukittinggi payakumbuh pariaman solok sawahlunto agam pasaman dharmasraya
    pekanbaru dumai kampar siak rokan hulu hilir indragiri kuansing kuantan singingi bengkalis meranti pelalawan batam tanjungpinang
    bintan
    karimun natuna anambas lingga palembang prabumulih lubuklinggau pagaralam muara enim ogan komering ilir musi banyuasin
    bandar metro pringsewu pesawaran tanggamus serang cilegon tangerang tangsel lebak pandeglang bogor depok bekasi bandung cimahi
    sukabumi
    cianjur garut tasikmalaya ciamis pangandaran kuningan cirebon majalengka sumedang indramayu subang purwakarta karawang
    semarang surakarta solo salatiga magelang pekalongan tegal brebes pemalang batang kendal demak kudus jepara pati rembang blora
    grobogan
    sragen karanganyar wonogiri sukoharjo klaten boyolali purworejo kebumen banjarnegara purbalingga banyumas purwokerto cilacap wonosobo
    temanggung sleman bantul gunungkidul kulonprogo surabaya malang batu kediri blitar madiun mojokerto pasuruan probolinggo sidoarjo
    gresik
    lamongan tuban bojonegoro ngawi magetan ponorogo pacitan trenggalek tulungagung nganjuk jombang lumajang jember bondowoso situbondo
    banyuwangi bangkalan sampang pamekasan sumenep madura denpasar badung gianyar tabanan buleleng karangasem klungkung bangli jembrana
    mataram lombok sumbawa bima dompu kupang ende sikka flores manggarai sumba belu alor rote pontianak singkawang sambas ketapang sintang
    kapuas sanggau palangkaraya kotawaringin barito banjarmasin banjarbaru banjar tabalong samarinda balikpapan bontang kutai kartanegara
    paser berau tarakan bulungan nunukan malinau manado bitung tomohon minahasa bolaang mongondow palu donggala poso banggai sigi
    morowali makassar parepare palopo gowa maros bone wajo bulukumba jeneponto takalar pinrang sidrap toraja luwu kendari baubau konawe
    kolaka buton muna wakatobi mamuju majene polewali mandar ambon tual ternate tidore halmahera jayapura merauke mimika timika sorong
    manokwari fakfak biak nabire indonesia malaysia
"""
PLACES: Final = frozenset(_WORDS.split())
