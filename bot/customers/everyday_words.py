"""
Words that are no names where they begin a sentence, and from which a name that is spelt the same is told by its place.

Adding a word makes names that are spelt like it harder to find; a word that is missing may become a customer's name.
"""

from functools import lru_cache

# what people of many trades write in small letters, most words in their shortest form; German and Spanish among them
_EVERYDAY = """
ab abandoned aber able abogada abogado abort about above abroad absagen absolute abt abteilung abusive academy
accent accept access accident according account accountant acct accurate acknowledge across act action actor actress
actual ad adapter add addition address adjuster admin admit ads adult advance advert advice advise advisor affected
afraid after afternoon afterwards again against agency agenda agent ages ago agree agreement ah ahead ahora air
airline airport aisle al alarm alert algo alguien alive all alle allow almost alone along aloud already alright also
although always am amateurs ambassador among amount amt an analyst and angebot anger angry annex announced annoyed
annoying annual another anruf ansprechpartner answer antes antwort anwender any anybody anymore anyone anything
anyway anywhere apart apartment api apologise apology app apparently appel apple applicant application applied
appointment appreciate approval approve aquarium aquí architect archive archivist are area argue arm army around
arrange arrive article as ashamed ask asleep assessor assigned assistant association assume assured así at ate
attach attachment attack attempt attendant attention attorney auch audit auditor auf auftrag aunt aus ausfall author
authorised authority auto automatic automatically autumn available avocat awake award aware away awful ayer año baby
back backdated background backup bad badge bag bailiff baja baker bakery balance ball band bank banner bar barely
barista barrister base basement basic basically basket batch bath battery battlecard bay bazaar bc be beach beans
beat because become bed been beer before beforehand began begin begun behalf behind behörde bei being believe
belongs below bench benchmark beschwerde beside best bestellung bet beta betrieb between beyond bid bien big biggest
bike bill bin birth birthday bis biscuits bishop bistro bit bitte black blame blank bless blew blind block blog
bloke blood bloody blue board boat body boiler boiling bonus book bookkeeper booth boots boring borrow boss bot
botched both bottom bought bounce boutique box boy boyfriend brain brainless branch brand breach bread break
breakfast breath breathe brew brewery bride bridge brief brilliant bring broadband broadcaster brochure broke broken
brother brought browser btw bubble buchhaltung bucks budget bug build built bulk bully bump bunch bureau burn bus
business bust busy but butcher butchery butler button buy by bye cable cache cafe café cake calculator calendar call
callback calm came camera campaign can cancel cancelar cancellation candidate cannot cant canteen cap capacity
capital captain car card care careful carpenter carried carrier carry cartel case cash cashier casino caso cat
catalogue catch caught cause cc ceiling cell cellar cent centre ceo cert certain certificate certified chain chair
chairman champion chance change changelog channel chaos chap charge chargeback charity charm chart chase chat
chatbot cheap check checkbox checkout cheerful cheers cheese chef chefin cheque chicken chief child children chip
chocolate choice choose chose chosen church churn cinco cinema circle citizen city civil claim claimant clapped
class clause clean cleanup clear clerk click client clienta cliente clinic clock close cloud clown club clue cluster
cm coach coat cobbler code coffee cold colleague collect collection college color colour column com come comma
commande comment commission commit committee comms communications community commuter company comparison compañera
compañero compensation competition competitor complain complaint complete compliance con concern concierge
conference config confirm confirmado confirmation confirmo conflicts congratulations congress connect connection
connector consider console constable consulate consultant consumer contact contactless content context continue
contract contractor contrat contrato control conversation conversion cook cool copied copy core corner correct
correction correo correspondence corridor cos cost could couldnt council councillor counsel count countersigned
country county couple courier courrier course court courteous courtesy cousin cover cow cracked crap crash crazy
created credit crew cricket cried critical crm crook cross cruise cry csv culpa cupboard curator curious currency
current curry cust custom cut cutover cyclist da dad daily dairy damage damn dance danke dar dare dark das dashboard
data database date daughter day de dead deadline deal dealership dealt dean dear death debit decent decide decision
deck declined dedicated default defect defendant defended define degrees del delante delay delete deletion delighted
deliver delivery dem demand demo den denied dent dental dentist department depends deploy deposit depot depth deputy
der des descale describe desde deserve design desk details detective dev developer devices devil dial diary dice did
didnt die died diez difference different difficult diner dinner dir direct director directora disagree disappointed
discount discovery discuss discussion disgrace dishwasher disk dispatch dispute disregard distiller distributor
district diwali do doc dock doctor document does doesnt dog doing dollar domain done dont door dos double doubt down
download downtime draft drain drama dramatic dran drawer dread drew drill drink dritten drive drop drove drowning
drummer dry du due dueña dueño dumb dump dumplings dunno duplicate during duty dying día each ear earlier earned
earth easy eat eaten edit editor effect effective eh eight ein eine einen either el electrician elevator eleven ella
elle ellos else elsewhere em email embarrassed embassy emoji empresa empty en end energy eng engine english enjoy
enough enter enterprise entire entity entreprise entry env envelope environment er error es escalate escalation
escalators escrow especially espresso esta estamos estate estimate estoy está eu euch euro eux even event ever every
everybody everyone everything everywhere evidence ex exact exam example excel exception exchange exclamation excuse
exec executive exercise exhausted exist exit expansion expect expense expensive experiment expired expires explain
explanation export extend extension extra eye fabric face facebook facilities fact factor factory factura facture
fail failover failure fair faithfully fake fall falsch false family fan far farm fast fat fatal father fault favor
fax fear feature fed federation fee feed feedback feel feet fehler fell fella fellow felt ferry few fiance fibre
field fifteen fifth fifty fight figure file filiale fill film filter final finance find fine finish fire firewall
firewood firm firma firmware first fish fisherman fishmonger fit five fix fixture flag flat fleet flew flight floods
floor florist flow flowers flown flt flu flyer flying folder folk follow followers font food fool foot football for
force forecast foreign forever forget forgive forgot forgotten fork forklift form formal format forth fortnight
forty forum forward found foundation four fourteen fourth frame franchise frankly fraud free freelancer freeze
freight fresh freundlichen fri fridge friend frightened from front froze frozen fruit frustration fuel full fully
fuming fun fund funeral funny furious further future fyi für gallery game gang gap garage garbage garden gas gast
gate gateway gave gb geht gemeinde general generous gentle gentleman genuinely gerade gerente gericht gern
geschäftsführung gestern gesture get ghost gif gift girl girlfriend git give given glad glass go goat god goes going
gold golf gone gonna good goodbye goodwill gossip got gotta governor gracias grade grand granddad grandfather
grandma grandmother grant grateful gratis great green greengrocer greenhouse greet grey grid grilled grocer groom
ground group grower growing grown grumbling grumpy guarantee guard guess guest guide guild guitarist guy gym gäste
ha hab haben hablar hacked hacker had haha half halfway hall hamper han hand handbook handle handover handset hang
happen happy harbor harbour hard hardware harm harvest has hasnt hasta hat hate hatte haulier have havent hay he
head headquarters headset health hear heard heart heat held hell hello help helpdesk helpful hen hence her here hero
herself hes heute hey hi hidden hide hier high him himself hire his history hit hm hmm hola hold holiday home
homepage honest hope hora horoscope horrible horse hospice hospital host hostel hostess hot hotel hotelier hotfix
hotline hour house how hoy hr hrs hub huddle human hundred hung hungry hurry hurt husband händler ice ich icon id
idea identity idiot idk idle if ignore igual ihn ihr ill im image imagine imam immigrant impact implementation
import impossible in inbound inbox inch incident incl include incoming incompetent index info inform information ing
innkeeper inside insists inspector install installation instead institute instructed instruction insufficient insult
insurance insurer integration intend interest interface intern internal internet interview into intro invented
investor invitation invite invoice involved is ish isnt issue ist it item its itself ive jacket jahr jahre jajaja
janitor je jeder jefa jefe jemand jetzt jeweller job join joint joke journalist joy judge judgement jueves junio
junior just kam kann kanzlei keen keep kein kept kernel kettle key keyboard kick kickoff kid kill kind kindergarten
kiosk kit kitchen kitten klinik knee knew knock know knowledge known kollege kollegen kollegin kommt konzern
krankenhaus kunde kundendienst kundin kurz kurze können kündigen kündigung la lab label laboratory lad lady lager
lake lamp land landlady landline landlord landscape lane lang language laptop large las last late latest laugh
launch law lawyer layout lazy le lead leaflet league leak learn lease least leave lecturer ledger leer left leg
legacy legal legend leider lender length les let level liability liar librarian library licence license lid lie lied
lieferant lieferanten lieferung life lifetime lift light like limit line link linkedin list listen literally
litigation little live livid llamada lo load loan lobby local lock log login logo lol long look loop los lose lost
lot loud love low loyalty luck luckily lunch lunes lying läuft machen machine machinist macro mad made magasin
magazine magistrate maid mail mailbox main maintainer maintenance make mall man manage mandate manifest manual
manufacturer many map margin marina mark market marketplace martes marzo mason mast match mate material matter maybe
mayor mañana me mean meant meantime measured mechanic medical medicine medium meet mehr member membership memory men
mensch mention menu merchant merely merge mess message met mgr mi mich mid middle midnight midwife mieter might
migration mil milestone milk mill million min mince mind mine minister ministry minor minus minute minutos mir mismo
misread miss mistake mit mitarbeiter mitarbeiterin mixed miércoles mobile mode model module mom moment mon monastery
monat monate money monitor monk monkey month moon more morgen morning moron mortem mortgage mortified mosque most
motel mother mouth move msg mtg much mug multi mum muppet museum music muss must mute muy my myself más mí möbelhaus
na nach nachricht nada nadie nah nail name nan nasty native navy nd near neck need negative negotiable negotiation
neighbor neighbour neither nephew nervous net network neue never new newest newsletter newspaper next ni nice nicest
nicht niece niemand night nightmare nine nineteen ninety ninth nite no nobody noch node noise nominee non none noon
nope nor normal nos nosotros not notary note nothing notice notify nous now nowhere nuestro nuevo nuisance num
number nun nur nurse nursery nuts nutzer oak oat objection obliged obviously odd oder of off offence office official
offline offsite often oh ohne ok okay old ombudsman omg on onboarding once one online only onsite onto oof op open
operations operator opinion opposite ops optician option or orange orchard order org organ original orphan other
otherwise otra otro ouch ought our out outage outside oven over overdraft overdue overnight overtime owe owed own
owt pack package page paid pain painter pair pallet panel panic paper paperwork para paragraph parasite parcel
parent parental park parliament parrot parser part particular partner party pass passenger passport password past
paste patch path patience patient patron patronne pause pay payment payout payroll pdf pedido peer pen penalty
pencil pending penny pension people per percent perfect perhaps period permission pero person personal personne pet
pharmacist pharmacy phase phew phone photo photographer phrase pick pickup pics picture pide pie piece pig pilot pin
ping pink pipe pipeline pitch pizza place plain plaintiff plan plane plant plasterer plastic platform play playbook
pleasant please plenty pls plug plugin plumber plus pm po pocket pod podcast poet point police policy polite polizei
poll pool poor pop por porque port portal position possible post postcode postman postponed pot pound power ppl
practice praxis pre precisely prefer premises premium prep prepaid present presentation preserve president press
presse pretty preview previous price priest primera primero print priority privacy private prob probably probation
probe problem procedure proceedings process procurement prod producer product production produktion professor
profile program progress project projector projekt promise promo promoted promotion proof proper property proposal
propose prospect protection protocol proud proveedor provider psychologist pub public publican publish puedo pull
pump pupil puppy purchase purely purpose push put quality quarry quarter que quelqu query question questionnaire
queue quick quid quiere quiet quit quite quiz quota quotation quote qué rabbi race rack radiator radio rage railway
rain raise ran ranch rang range rate rather rd re reach reachable read ready real reason rebate rebook rebuild
rebuilt recall receipt receive reception receptionist rechnung rechtsabteilung recipe reckon recognise recommend
reconciliation record rector red redakteur redaktion redlines ref referee reference refinery refresh refund refuse
regarding regards region regional register registrar regret regulator rehearsal reinstall rejected release relieved
remain remark remember remind remote remove rename renew renewal rent rental reopen reorder rep repair repeat
replaced replacement replied repo report reproduce request require researcher reseller resend reserve reset resident
resolved respect respond response responsible rest restart restaurant restore result retailer retained retainer
retention retired retires retro retry return reunión revenue reverse revert review revised rewrite rewritten ride
right ring riot rise risk rival river road roadmap roaming roaring robber robot role roll rollout roof room root
rota roughly round route row rubbish rude rule rumor rumour run rung rush réunion rückmeldung sacked sad safe safety
saga said sailor salary sale salesman salon saludo same sample sandbox sandwich sat satisfied sauce save savings saw
say scale scaleup scam scan scared scenario schedule schon school schreiben schule scientist scope score scratch
scream screen screenshot script sculptor scum se sea seafood search season seat sec second secretary section sector
security see seed seem seen sein seit self sell semana senator send senior sense sensor sent sentence sentiment
separate serious serve service session set settle settlement setup seven several severity señora señores shake shall
share shareholder she shed sheep sheet shelf sheriff shift ship shipment shit shoe shook shoot shop short shortlist
shot should shout show shown showroom shut si sich sick side sie sign signal signature silence silent silly sim
simple simply sin since sind sing single sir sistema sister sit site six sixth sixty size skip sleep slept slide
slightly slip slot slow small smart smells smile smiley smooth snacks snow so sobbing social socket sofa soft
software sold soldier solicitor solid soll solo solution solved some somebody someone something somewhere son sonst
soon sooo sorry sort sound soup source spa space spam spare speak spec special specimen spelled spend spent spin
split spoke spoken sponsor sport spot spouse spreadsheet spring sprint squad st stable stack staff stage stairs
stairwell stale stall stamp stand standard standup stapler star start startup state statement station status stay
steep steering steht step steward stewardess stick stickers still stock stolen stomach stood stop storage store
storm story straight strange street strength stress strict strike stuck student studio study stuff stupid style
störung sub subcontractor subject submitted subscription subsidiary success such sue suggest suing suit sum summary
sun super superior supermarket supervisor supervisory supplier support suppose sure surgeon surgery surprised survey
surveyor suspect swap swear sweet sweetheart switch switchboard swore sworn synagogue sync syndicate system sé ta
tab table tablet tag tage tailor take taken tale talk target tariff tax taxi tbh tea teacher team tears tech
technical technician teenager teilnehmer telco telephone tell teléfono temp temperature template temple ten tenant
tender term termin terminal terminate termination terrible test text th than thank that the theater theatre their
them themselves then therapist there therefore these they theyre theyve thick thief thieves thieving thin thing
think third thirty this tho those though thought thousand thread threat threaten three threw thrilled through
throughout throw throwback thrown thru thumbs thurs thx tick ticket tie tied tienda tiene tier til till time
timeline timeout timetable tiny tip tire title tmrw to toaster today toddler todo together told tomorrow tone
tonight too took tool top topic tore total touch tough tour tourist tous towards town toy trace track trade traffic
trail train trainee tram transaction transfer translate translation trash travel tray treasurer treasury treat tres
trial tribunal trick tricky tried trip troll trouble truck true trust trustees try tues turn tutor twelve twenty
twice two type typo ugh ugly uh um un una unable uncapped uncle und understand understood underwriter underwriting
undo unfortunately unhappy uninstalled union unit university unless unlimited unlock unpaid unplugged unread
unreasonable uns unsigned until up update upgrade upholsterer upload ups upsell upset upstairs upstream uptime ur
urgent url us usage use used useful useless user using ustedes usual utility va valid valley value van vanished
vegetarian vendor venue verbatim verdad verein verified vermieter versand version versprochen vertrag verwaltung
very vet veteran veto vez via vicar victim video viene viernes view village villain vineyard vintner virtual visit
visitor voice voicemail volume volunteer vom von vor vorstand vote vouched voucher wages wait waive wake walk wall
wallet wanna want war ward warehouse warm warn warranty was washing waste watch water way we weather web webhook
webinar webshop website wedding weds week weekend wegen weird welcome welder well welp wenn went were werk werkstatt
wet weve what whatever whatsoever wheel when whenever where whether which while white who whoever whole wholesaler
whom whose why widget widow wie wieder wife wifi wiki will win window wine winemaker winter wiped wir wird wire wirt
wish with withdraw withdrawn withdrew within without witness wk woche wochen woman won wondered wondering wont wood
word work workaround workflow workshop world worried worry worse worst worth would wow wrap write written wrong
wrote wurde xmas ya yall yard yeah year yelled yelling yellow yep yes yesterday yet yo yoghurt you young your youre
yourself yourselves youve yr yrs zehn zeitung zentrale zero zip zone zoo zoom zu zum zur zwei über
"""
# other words that companies are often named after: to begin a sentence with one is no reason to doubt that it is a name
_NAMED_AFTER = """
acid acorn agile alpha amazon amber anchor angel angle ant apex apollo apron arc arch arctic armour arrow art ash
aspen asset atlas atom aurora avenue axis bacon badger bamboo barber barn baron basis bass bat beacon beam bean bear
beaver beech bell belt berry birch bison blade blast blaze blend bloom blossom bolt bond bone boost border bose
boulder bow bowl brave breeze brick bright bronze brook brush buck buffalo bull bumble butter cabin cactus camel
canal candle cannon canvas canyon cape caravan carbon cardinal cargo carpet castle cave cedar chalk chapel charcoal
charter cherry chess chestnut chimney cinder clay clever cliff cloth clover coal coast cobalt coconut comet common
compass condor copper coral cork corn cosmos cotton cougar crane crater creek crest crimson crop crow crown crystal
cube curve cycle cypress daisy dawn deer delta desert diamond discord discover dish dolphin dome dove dragon drift
drum duck dune dust eagle east ebony echo eclipse eden edge elder element elephant elm ember emerald empire engage
epic equal equinox evergreen evolve explore express fable falcon farmer fathom feather fern fiddle fig finch fisher
flame flare flash flex flint float flora flour focus forest forge fortress fountain fox frontier fusion galaxy
gardener gem genesis giant ginger glacier glade glide globe glow gong granite grape graph grass gravity grove
guardian gulf gull gusto hammer hare hawk hazel heath helix herald heritage heron hinge hive hollow honey hood hook
horizon horn hunter indigo infinity ink iris iron island ivory ivy jade jaguar jasper jewel juniper keystone king
kingfisher kite knight lantern larch lark laser latch lattice laurel lava lavender leaf leopard lever liberty lily
lime linden lion lotus lumen lunar lynx lyric magnet magnolia magpie mango manor mantle maple marble marlin mars
marsh martin matrix meadow mercury merit meta meteor midas miller mint mirror mist monday mosaic moss moth motion
mountain mustard myrtle nebula nectar nest nickel nimbus noble nomad north notion nova oasis oath obsidian ocean
octopus olive onyx opal optic oracle orbit orchid orient origin osprey otter outlook owl oxford oyster palm panda
panther parade paragon patriot peach peacock peak pearl pebble pelican penguin pepper phoenix pigeon pillar pine
pioneer plaid planet plaza plum poppy potter prairie prime prism pulse puma pyramid quail quartz quest quill quince
rabbit radar radius rainbow ramp rapid raven redwood reef relay ridge ripple robin rocket rook rose ruby saffron
sage sail salmon salt sand sapphire satin scarlet scout seal segment sentinel sequoia serene shadow shark shell
shepherd shield shore sierra silk silver singer slack slate smith snap solar sonic south spark sparrow spear sphere
spice spiral spirit spoon sprout spruce spur square squirrel stag steel stellar stone stride stripe sugar summit
sunrise sunset surf swan swift sycamore talon taylor tempo thistle thorn thrive thunder tide tiger timber tinder
toast topaz torch tower trello trident trinity triumph trout tulip tundra turtle twin twist uber umber unity vale
vanguard vantage vector velvet venture verge vertex vine violet virgin visa vision vista vortex walnut wave weaver
west wheat whisper willow winder wing wolf wonder wool zebra zenith zinc
"""
EVERYDAY = frozenset(_EVERYDAY.split())
NAMED_AFTER = frozenset(_NAMED_AFTER.split())
_ENDINGS = (
    *(("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e")),
    *(("ly", ""), ("ally", ""), ("al", ""), ("er", ""), ("er", "e"), ("ier", "y"), ("en", ""), ("est", "")),
    ("ment", ""),
)
_SHORTEST = 3  # letters that are left without the ending


@lru_cache(maxsize=4096)
def is_everyday(key: str) -> bool:
    """Whether *key*, as `spelling.fold` gives it, is an everyday word or a form of one."""
    return key in EVERYDAY or any(one in EVERYDAY for one in _stems(key))


@lru_cache(maxsize=4096)
def is_word(key: str) -> bool:
    """The same of any word that is not only a name."""
    return is_everyday(key) or key in NAMED_AFTER or any(one in NAMED_AFTER for one in _stems(key))


def _stems(key: str) -> list[str]:
    found = []
    for ending, instead in _ENDINGS:
        if key.endswith(ending) and len(key) >= _SHORTEST + len(ending):
            stem = key[: -len(ending)]
            found.append(stem + instead)
            if not instead and stem[-1] == stem[-2]:
                found.append(stem[:-1])
    return found
