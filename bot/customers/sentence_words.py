"""The words around a name that tell that it is a customer's: what customers do, who speaks for them, what forms ask."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# "Customer: Acme", "our client Acme"; German, Spanish, French and Italian ones too
CUSTOMER = _words(
    """
    customer client account prospect kunde kunden kundin klient cliente clienta clientes cuenta compte prospecto
    interessent
    """
)
COMPANY = _words(
    """
    company firma firmenkunde empresa entreprise société societe azienda unternehmen organisation organization org
    """
)
_FORM_ENDS = _words("name names company")
# labels of forms: "Customer name: Acme", "Name of customer: Acme", "Client / account: Acme"
FORM_LABELS = frozenset(
    {
        *((one,) for one in CUSTOMER | COMPANY),
        *((one, end) for one in CUSTOMER | COMPANY for end in _FORM_ENDS),
        *(("name", "of", one) for one in CUSTOMER | COMPANY),
        *(("name", "of", "the", one) for one in CUSTOMER | COMPANY),
        *(("affected", one) for one in CUSTOMER),
        *((one, "affected") for one in CUSTOMER),
        *(("which", one) for one in CUSTOMER),
        *(("which", one, "?") for one in CUSTOMER),
        ("nombre", "del", "cliente"),
        ("nom", "du", "client"),
        ("name", "des", "kunden"),
        ("kundenname",),
        ("firmenname",),
    }
)
NOTHING = _words(
    """
    none unknown n/a na tbd tba nil null see unclear various several keiner unbekannt ninguno aucun inconnu all new
    existing
    """
)
TITLES = _words(
    """
    mr mrs ms miss mx dr prof professor sir madam lady lord herr frau hr fr señor señora senor senora sr sra sres
    srta don doña monsieur madame mme mlle m signor signora sig dott dhr mevrouw bey hanim san sensei chief uncle
    aunt father judge captain
    """
)
# who speaks for a customer: "Acme's CFO wants", "the CFO of Acme", "Acme legal says"
ROLES = _words(
    """
    ceo cfo cto coo cio ciso cmo cro cpo vp svp evp md gm pm director directors manager managers boss chief head
    owner founder founders partner president chairman chairwoman chair board exec execs executive executives buyer
    buyers champion sponsor contact counsel lawyer lawyers attorney solicitor solicitors barrister legal procurement
    purchasing finance accounting accounts it hr ops operations security marketing engineering team teams guy guys
    lady woman man person people folks sir madam staff admin admins controller treasurer secretary assistant pa
    consultant engineer engineers developer developers dev devs architect accountant bookkeeper auditor auditors rep
    receptionist supervisor leadership management committee planner analyst sysadmin cofounder chef geschäftsführer
    geschäftsführerin einkauf einkäufer einkäuferin leiter leiterin anwalt anwälte chefin vertrieb jefe jefa
    directora gerente abogado abogados equipo compras directeur directrice patron avocat équipe principal mail email
    kollege kollegin kollegen mitarbeiter mitarbeiterin nurse
    """
)
# such as follow a name alone: "Acme CFO", "Acme legal", but not "race director"
BARE_ROLES = _words(
    """
    ceo cfo cto coo cio ciso cmo cro cpo vp svp evp md gm exec execs champion buyer legal procurement purchasing
    finance it hr ops team guy guys lady folks people leadership management einkauf
    """
)
# what belongs to a customer: "Acme's contract"
BELONGINGS = _words(
    """
    contract renewal account invoice invoices subscription deal licence license order orders data import migration
    integration rollout go-live onboarding system site sites server servers tenant instance environment database
    notice po trial pilot project escalation
    """
)
# before a colon, or where a name could stand, and no name
LABELS = _words(
    """
    update updates fyi urgent question questions q re fwd fw note notes nb status heads customer client account
    prospect escalation escalations ps pps tl tldr tl;dr dr asap eod eta psa important attention info issue issues
    problem problems help reminder summary recap context background quick warning alert alerts risk action actions
    next steps step today tomorrow yesterday monday result results reason reasons answer option options example edit
    edited correction price pricing subject date time topic agenda goal goals plan priority severity impact owner
    contact details description deal stage amount name email phone ticket case bug incident outage resolved firing
    tip idea thought thoughts todo wip draft final btw imo afaik ok okay yes no maybe sorry thanks thank please hi
    hello hey dear team all everyone folks guys good morning afternoon evening night greetings zusammen leute liebe
    lieber alle todos equipo monde tout resources human absender empfänger inhalt morgen tag abend hola hallo moin
    servus bonjour salut buenos buenas guten gruezi grüezi ciao buongiorno achtung wichtig dringend frage fragen
    hinweis betreff stand neu neuigkeiten aktuell zusammenfassung eskalation kunde beispiel antwort lösung urgente
    pregunta actualización actualizacion aviso ojo nota importante resumen asunto problema cliente respuesta duda
    ayuda atención atencion mise jour rappel objet résumé résume suivi réponse problème aide besoin new breaking
    great bad sad big huge small short long story update2 confirmed pending closed open won lost blocked blocker
    request requests ask wanted needed meeting call calls demo renewal renewals churn contract invoice invoices
    support success service services care portal sales marketing finance legal product engineering source from to cc
    bcc via sent quote says said verdict bottom line what who when where why how which me them him her us they
    customer's client's news decision conclusion fact facts timeline evidence log logs error errors rest p.s n.b
    manager lead rep sdr ae csm vp conversion forecast quota pipeline feedback retro learning learnings lesson
    debrief drill script say opener objection remember rule policy process faq docs link links attachment attached
    forwarded message daily sunday
    """
)
# capitals that are no company
ACRONYMS = _words(
    """
    api sla crm sso poc po pos nda msa sow qbr arr mrr acv tcv sdr bdr ae am csm pm it hr ui ux qa sdk aws sql erp
    mfa 2fa 3d 4g 5g gdpr dsgvo soc soc2 iso rfp rfi rfq roi kpi okr ceo cfo cto coo cio vp svp evp md gm cs ps eod
    eow eom asap fyi eta tba tbd tco dns ssl tls vpn url http https csv pdf xml json html sms edi sap pci hipaa bi
    ml ai llm gpt ooo wfh pto usd eur gbp chf nok sek dkk jpy inr aud cad usa uk eu us cet utc gmt est pst q1 q2 q3
    q4 h1 h2 fy b2b b2c saas paas iaas tl dr lol omg wtf idk imo afaik ico bbb ftc ip id ids ok no yes rma sku bom
    b2 sim gps voip pbx isp wifi lan wan usb dach emea apac npa nps csat cab sev sev1 sev2 p1 p2 p3 rca sme cc bcc
    dm dms etl oauth saml scim ldap vat mwst iban kyc aml agb dpa av avv tom bafin
    """
)
CALENDAR = _words(
    """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun january
    february march april may june july august september october november december jan feb mar apr jun jul aug sep
    sept oct nov dec montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar märz mai
    juni juli oktober dezember lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo
    junio julio agosto septiembre octubre noviembre diciembre lundi mardi mercredi jeudi vendredi samedi dimanche
    janvier février mars avril juin juillet août septembre octobre novembre décembre spring summer autumn winter
    christmas easter ramadan thanksgiving weihnachten ostern
    """
)
# words that begin a sentence, written large for that reason alone
LEADS = _words(
    """
    a an the this that these those our your my his her its their another any some every each all both no not and or
    but so because since although though while when if as then now today yesterday tomorrow tonight later earlier
    again also still just only even maybe perhaps apparently unfortunately sadly luckily basically actually honestly
    well ok okay yes oh ah ugh wow damn argh whoa hmm umm uh hi hello hey dear thanks please sorry from for with
    about at on in of to by after before until till during regarding re per like unlike new old poor guess fwd
    update urgent customer client account prospect company kunde kundin cliente i you we he she it they there here
    what who where why how which great bad good big meanwhile finally however therefore otherwise anyway looks
    sounds seems heard think believe hope know der die das ein eine unser unsere mein meine leider heute gestern
    jetzt und aber el la los las un una nuestro hoy ayer pero le les notre mon hier am im zum zur beim vom nach bei
    mit von auf aus für gegen ohne über unter vor zwischen wegen laut seit bis ab um nun noch nur auch wenn weil
    dass ob herrn frau en con por para desde hasta sin sobre según como si porque cuando donde avec pour dans sur
    sans chez depuis selon quand parce is are was were will would can could should has have had do does did help
    team folks lost losing spoke talked call called met meeting visited escalating pinging flagging nächste nächsten
    nächster nächstes letzte letzten letzter diese dieser dieses diesen jede jeden jedes próxima próximo este esta
    cette ihre ihrem ihren ihrer eure euer dein deine sein seine meiner unseren su sus tu mi leur leurs votre vos
    """
)
ADVERBS = _words(
    """
    just now still also really already never finally again actually apparently clearly currently today yesterday
    suddenly officially definitely probably basically literally simply even only then once twice always often not no
    longer so very extremely absolutely completely totally super quite rather pretty more most increasingly
    understandably visibly rightly both all threatening-ly repeatedly explicitly formally verbally politely than on
    record gerade jetzt schon sehr nicht mehr total richtig ziemlich heute gestern ya muy très pas been being mega
    furchtbar echt wieder seriously strongly urgently openly directly
    """
)
# what only somebody with a will does
SAYS = _words(
    """
    want wants wanted say says said tell tells told ask asks asked demand demands demanded insist insists insisted
    threaten threatens threatened refuse refuses refused complain complains complained emailed wrote writes called
    phoned rang messaged pinged escalated claims claimed expects expected cancelled canceled cancels quit quits
    churned terminated renewed declined rejected yelled shouted screamed yells screams shouts sued sues plans
    planned intends decided announced argues argued thinks thought believes feels wishes accuses accused blames
    blamed warned warns hinted hints requests requested won't wont agreed promised hates hated loves signed resigned
    disputes disputed mentioned mentions suggested confirmed confirms denies stormed remarked stated states notified
    informed informs sagt sagte sagen möchte möchten droht drohen drohte kündigt kündigen verlangt verlangen fordert
    fordern beschwert besteht behauptet meint schreibt schrieb beendet wechselt quiere quieren dice dicen dijo
    amenaza amenazan pide piden pidió exige exigen cancela insiste reclama veut veulent dit disent menace menacent
    demande demandent exigent résilie vuole minaccia withdrew withdraws rings ring
    """
)
# what they do as well, and things too
DOES = _words(
    """
    need needs needed lost loses lose missed pulled pulls gave gives sent sends left leaves walked walks moved
    moving moves switched switching switches leaving pays paid owes filed keeps kept doesn't doesnt don't dont
    didn't didnt isn't isnt aren't arent can't cant cannot couldn't wouldn't wouldnt hasn't hasnt haven't havent
    reported reports noticed found discovered went goes got getting gets hung put puts pushes pushing pushed asking
    demanding threatening wanting refusing cancelling canceling cancelin considers considering looking evaluating
    took takes stopped stops reopened reached rebooked hit calls walking pulling holding held withholding turned
    made served chased chases brought lodged won bought chose picked opened replied answered came comes
    """
)
HAS = _words("has have had hat haben ha han a ont habe")
IS = _words("is are was were ist sind está están est sont re got gets seems sounds feels looks became becomes been")
WILL = _words("will would may might shall can could should must going gonna wird würde werden")
# after "is" and its like: how people are, and what they are about to do
HUMAN = _words(
    """
    furious angry mad upset livid fuming unhappy annoyed frustrated irate outraged enraged disappointed dissatisfied
    cross raging boiling seething pissed threatening leaving cancelling canceling cancelin demanding asking wanting
    refusing insisting complaining considering evaluating looking switching moving walking pulling going done out
    terminating quitting churning suing yelling shouting screaming escalating withholding holding hesitating
    stalling pushing talking thinking planning preparing getting losing calling saying telling claiming requesting
    expecting waiting blaming drafting filing taking accusing about ready willing unwilling adamant convinced
    worried concerned nervous anxious desperate impatient tired sick fed serious silent quiet unreachable
    unresponsive ghosting disputing reviewing renegotiating back happy delighted thrilled unimpressed insulted
    offended beside hopping ballistic wondering negotiating renewing sauer wütend stinksauer verärgert unzufrieden
    genervt enttäuscht kurz weg raus furioso furiosa furiosos enfadado enfadada molesto molestos harto hartos
    enojado furieux furieuse mécontent fâché énervé déçu
    """
)
# after "will" and its like, and after "to": what customers do to us
ACTS = _words(
    """
    leave cancel walk take sue go end terminate quit switch move pull file escalate post complain stop withhold
    renew churn call ask demand report talk give sign stay look drop ditch dump pay refuse return replace buy choose
    start bring involve publish announce turn write come cut find get hold need want wait have be kündigen wechseln
    gehen klagen aussteigen beenden verlassen mit den uns nicht zur zum sofort heute raus weg cancelar irse
    """
)
# after "has": what they have done
DONE = _words(
    """
    cancelled canceled asked threatened given told said sent filed left decided demanded requested complained
    written called escalated refused terminated served had lost missed been gone started stopped pulled signed hired
    engaged moved switched reported raised hung gotten got put informed notified walked formally found made scolded
    returned issued rejected withheld resigned published posted taken lodged opened chosen picked hinted insisted
    expressed announced mentioned replied spoken gekündigt gedroht gesagt angerufen geschrieben verlangt sich uns
    genug mir cancelado pedido dicho résilié demandé menacé dit waited invited no enough firmado gefirmt
    unterschrieben angefragt reklamiert
    """
)
# "spoke to Acme", "call with Acme", "the renewal of Acme"
TALKS = _words(
    """
    spoke speaking spoken speak talked talking talk call calls meeting demo chat phone met meet meets qbr sync
    conversation discussion zoom line escalation trouble update visit lunch telefonat gespräch termin llamada
    reunión appel review workshop session check-in bridge stuck patience
    """
)
HEARS = _words(
    """
    heard hear email mail message call complaint complaints news feedback ticket forwarded mails words word
    nachricht beschwerde post termination cancellation demand demands correo mensaje notes story
    """
)
OWNS = _words(
    """
    renewal escalation account refund deal contract invoice outage onboarding churn migration rollout subscription
    cancellation case upsell kündigung vertrag renovación manager maintenance csm file handover
    """
)
DEALS = _words(
    """
    account deal renewal contract negotiation negotiations rollout migration onboarding pilot escalation kickoff
    go-live implementation integration mess saga case outage people buyer team guys cfo ceo cto coo founder owner vp
    crash
    """
)
# "the bug is back at Acme", "nobody at Acme"
HAPPENS = _words(
    """
    back down up out broken dead live bug bugs outage loop creep trouble login issue issues problem problems error
    errors
    sync import export migration rollout go-live training nobody anybody somebody someone anyone everyone everybody
    again failed gone happened blow-up renewal contract invoice integration shouting furious angry things situation
    mess incident downtime deadline demo server site system run day week today yesterday morning
    """
)
# what a person has as well as a company
_OF_PEOPLE = _words("team teams boss assistant pa mail email guy lawyer lawyers account manager")
SPEAKERS = ROLES - _OF_PEOPLE
LOSES = _words("losing lose lost loosing verlieren retain retaining")
WITH = _words("to with w mit con avec")
AT = _words("at from of @ bei von de chez for")
PRONOUNS = _words("he she him his her hers himself herself he's she's hes shes")
LEGAL_FORMS = _words(
    """
    gmbh inc ltd llc corp corporation incorporated plc limited lllp llp oyj sarl ltda gmbh&co ohg ug ek srl eurl pty
    pte sro doo kft aps bvba nv bv spa sas
    """
)
# the same, where they are written in capitals
CAPITAL_FORMS = _words(
    """
    AG SA SL AB AS SE KG BV NV Oy OY Co SpA SAS ApS KGaA PLC SRL SNC Sp KK SCS Pty Pte LLP eG SARL UG
    """
)
KIN = _words("sons son co company partners brothers bros daughters cie söhne sohn associates compagnie hijos fils")
# the last word of many companies' names
COMPANY_NOUNS = _words(
    """
    group holding holdings bank insurance logistics labs lab systems solutions partners capital ventures industries
    foods energy power motors airlines airways shipping couriers lines logistik health healthcare medical pharma
    clinics clinic hospital hotels hotel retail stores consulting software technologies technology tech digital
    media studios studio networks telecom mobile electric electronics robotics analytics security services service
    freight transport travel tours mining steel chemicals foundation university college school council works
    enterprises international global finance financial trust properties estates realty construction engineering
    design agency marketing trading supplies supply farm farms bakery brewery coffee dental pharmacy haulage
    packaging print printing press publishing express rail automotive cars parts tools furniture interiors kitchens
    outdoor sports fitness gmbh werke bau technik verlag versicherung versicherungen stadtwerke autohaus spedition
    textiles apparel fashion beauty cosmetics home homes garden games entertainment events catering restaurants
    nursery dairy aerospace marine biotech bio renewables solar water gas oil petroleum materials glass paper
    plastics metals tiles flooring vets kliniken klinik praxis hogar seguros transportes banco care transit mills
    mill pay trawlers seafood seafoods vet tyres optics optical hire haulers brewing spa gym windows doors flowers
    florist florists jewellers cycles bikes boats yachts marina resort resorts inn castle brothers pharmacies
    """
)
# "told Acme that", "promised Acme the report"
TELLS = _words("told promised gave owe owed offered show showed")
# "update on Acme", "worried about Acme"
ABOUT = _words("update news up worried scared note concerned thoughts afraid")
MILLIONS = _words("million millions mio m k mn thousand eur usd gbp chf")
# the first word of others
COMPANY_FIRST = _words(
    """
    hotel pension gasthof café cafe restaurante restaurant ristorante autohaus stadtwerke spedition kanzlei praxis
    holzbau möbelhaus brauerei bäckerei metzgerei gärtnerei druckerei bodegas bodega ferretería clínica clinica grupo
    gruppo groupe laboratorios transportes construcciones seguros panadería farmacia academia colegio hospital
    pharmacie boulangerie traiteur garage château chateau domaine banque banco bankhaus festival
    """
)
COMPARED = frozenset(
    {
        ("same", "as"),
        ("similar", "to"),
        ("as", "with"),
        ("just", "like"),
        ("other", "than"),
        ("unlike",),
        ("besides",),
        ("not",),
        ("competitor",),
        ("competitors",),
    }
)
RIVAL = _words(
    """
    to by versus vs than use using chose choose prefer competitor vendor supplier against our provider like rival
    """
)
DETERMINERS = _words(
    """
    a an the our your my his her their its this every each any no some der die das den dem unser unsere unserem mein
    ihr el la los las un una le les nos notre mon du des del another more nächste nächsten nächster nächstes letzte
    letzten letzter diese dieser dieses diesen jede jeden jedes next last ihre ihrem ihren ihrer eure euer dein
    deine sein seine meine meiner unseren su sus tu mi leur leurs votre vos
    """
)
TIMES = _words(
    """
    on by next last since this until till before after every in from during of early late mid ab am bis seit vor
    nach im el cada
    """
)
# what customers do with our rivals: "switching to Acme", "signed with Acme"
CHANGES = _words(
    """
    switching switch switches switched moving move moves moved going go goes went sign signs signed signing migrate
    migrating migrated leave left lost losing over
    """
)
