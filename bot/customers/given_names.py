"""
Capitalised words that are no customers: first names of people, places, and the tools that everybody works with.

A company that is called like one of them is found where more is written than the one word, and where it is known.
"""

_FIRST_NAMES = """
aaron aart abby abdul abdullah abebe abel abhishek abigail abir achieng ada adaeze adam adan ade adebayo adel
adelaide adele aditi aditya adnan adrian adriana adriano afonso agata agnes agneta agnetha agnieszka ahlam ahmad
ahmed aicha aidan aiko aileen aimee ainhoa aino aisha aisling aisyah aitor ajay akash akio akira akshay alain alan
alana alba albert alberto aldo ale alec alejandra alejandro aleksandar aleksander aleksandra alena alessandra
alessandro alessia alessio alex alexa alexander alexandra alexandre alexei alexis alfie alfonso alfred alfredo ali
alice alicia alina alisa alison alistair allan allen allison alma alok alondra alvaro alyssa alzbeta ama amadou amal
amanda amara amelia amelie amina aminata amine amir amira amit amparo amy ana ananya anas anastasia anders andras
andrea andreas andrei andres andrew andrzej andy anette angela angelica angelina angelo angie angus anika aniket
anil anita anja anjali anjana ankit ankur ann anna annabel annalena anne anneke annelies annemarie annette annie
annika anouk anselm ante anthony antoine anton antonia antonio antti anuj anya aoife aparna apoorva araceli ariana
arianna arief ariel arjen arjun arlo arman armando arnav arne arnold aron arpit arthur arturo arun arvid arvind
asami asha ashley ashok ashwin asier asif assunta asta astrid asuncion athena atsushi aubrey audrey augusto aurelie
aurora aurore austin avery axel ayaan ayaka ayesha aylin ayman ayse ayu azzurra babajide babette balazs balthazar
bao baptiste barbara barbel baris barney barry bart bartek bashir bashira basil bastian bea beata beatrice beatriz
becca becky begona bela belen bella ben benedict benedikt bengt benita benito benjamin benny benoit berk bernadette
bernard bernardine bernardo bernd bernhard bernie bert bertrand beth bethany betsy bettie bettina betty beverly
bharat bianca bilal bill billy binh birger birgit bjorn blaise blanca blas blessing bo bob bobby bogdan bogna
bogumila bohumil boris bozena brad bradley bram brandon brenda brendan brent brett brian bridget brigitte britt
britta bron bronagh bronwyn bruce bruna bruno bryan bryce bryony buddy budi burak burcu burkhard burkhardt bärbel
caitlin caleb callum calvin cameron camila camilla camille camillo can candela candice capucine carina carl carla
carlo carlos carlotta carmela carmen carol carole carolin carolina caroline carrie carsten carys casey caspar
cassandra cassie catalina catarina caterina catherine cathy cecile cecilia cedric celeste celia celine cem cemre
cesar chad chandra chantal charlene charles charlie charlotte chau chelsea chema chen cheryl chetan chiara chidi
chihiro chinedu chioma chip chloe chris christa christelle christian christiane christina christine christoph
christophe christopher christy chuck chukwu chus ciara ciaran cindy cinzia ciprian claire clara clare clarissa
claudia claudio claus clemence clemens clement clementine clemmie clive cody colette colin colleen colm
concetta concha connie connor conor conrad constance consuelo cora corentin corey corinna corinne cormac cornelia
corrado cosima cosimo costin courtney craig cressida crispin cristian cristiano cristina cristobal crystal csaba
curtis cynthia cyril cyrille czeslaw daan dafydd dagmar dahlia daiki daisuke daisy dale dalia damian damien damon
dan dana dane daniel daniela daniele danielle danny dante danuta daphne dara dario darius dariusz darnell darragh
darren dave david davide dawn dean deb debbie debora deborah debs declan dee deepa deepak deepika deirdre dejan
delia delphine demetrius denis denise deniz dennis derek dermot deshawn desi desiree desmond detlef devin devon dewi
dezso dhruv dian diana diane didier diego dieter dietmar dikembe dilek diletta dilip dimitra dimitri dina dino dirk
divya dmitri dmitry dolly dolores domagoj domenico dominic dominik dominique don donald donatella donna dora doreen
dorian doris dorota dorothea dorothy doug douglas dov dragan dragos duarte duc dulcie duncan dung dustin dwayne
dylan eamon ebba ebru ece eckart eckhard ed eddie edeltraud edgar edith edmund edoardo eduardo edward edwin edwina
eero efe effie efua egon ehab eileen einar ekaterina ekkehard ekow elaine eleanor eleftheria elena eleni elfriede
eli elias elif elijah elin elina elisa elisabeth elise elizabeth elke ella elle ellen ellie elliot elliott ellis
elodie els elsa elsbeth elspeth elvira emanuel emanuela emeka emeric emil emilia emiliano emilie emilio emily emine
emir emma emmanuel emre emrys encarna ender enrico enrique enzo eoin erdem eren erhan eri eric erica erich erik
erika erin ermanno ernest ernesto ernie ernst erwin esi eskil esme esperanza esra esteban estefania estelle esther
ethan etienne ettore euan eugene eugenia eugenio eunice eva evan evans evaristo eve evelyn evelyne ewa ewald ewan
ewelina ewen fabian fabienne fabio fabrice fabrizio fadi faisal faith fanny farah farhan farid farouk fatih fatima
fatma fausto fay federica federico felicia felicity felipe felisa felix femi femke fenella ferdinand ferenc fergus
ferhat fermin fernanda fernando ferruccio fidelma filipe filippo finlay fiona fionn fiorella fitri fitz flavia
flavio fleur flo florence florent florian floriane florin folake folarin fran franca frances francesca francesco
francine francis francisca francisco franck franco francois francoise frank frankie franz frauke fred freddie freddy
frederic frederik fredrik freya frida frieda friedhelm friedrich fritz fulvio fumiko gabi gabor gabriel gabriela
gabriele gabriella gabrielle gael gaelle gaetano gamze gareth gary gaspard gaurav gautier gavin geert geeta gemma
gena gene genevieve gennaro geoff geoffrey georg george georgia georgie georgina gerald geraldine gerard gerardo
gerd gerda gergo gerhard gerlinde germain german gernot gerold gerrit gerry gertie gertrud ghada ghislain giacomo
giada giang gianluca gianluigi gianna gianni giannis gideon gilbert gilles gillian gina ginevra gino gintaras
giordano giorgio giovanna giovanni girish gisbert gisela giselle giulia giuliana giulietta giulio giuseppe gizem
gladys glen glenda glenn gloria goncalo gonzalo gopal goran gordie gordon goro gottfried graca grace graciela graham
grainne graziella grazyna greg gregoire gregor gregory greta gretchen guadalupe gudrun guido guillaume guillermo gul
gulsen gundula gunilla gunnar gunter gus gustav gustavo guy gwen gwenaelle gwendolyn gwyneth gyorgy haakon habib
hadi hadiya hai hakan hakon hal hala haldor halina haluk halvard hamid hamish hamza hana hanan hande hank hanna
hannah hannelore hannes hans harald haris harish harold harriet harris harrison harry harsh hartmut haruka haruki
harvey hasan hassan hatice hattie hayley haytham heather hector hedda hedvig hedwig heidi heike heikki heiko hein
heiner heinke heinrich heinz helen helena helene helga helmut helmuth hemant hendra hendrik henk henning henri
henrietta henrik henrike henry henryk herbert herman hermann herminia hermione herta herve hettie hideo hieu hilario
hilary hilda hilde hildegard hiro hiroshi hisham hitomi hoa hoda holger holly honor honore hope horacio horia horst
hortense howard hristo hrvoje hubert hubertus huda hugh hugo humberto huong hussein hyun ian ibrahim ichiro ida
idris ifeoma ignacio igor ike iker ilaria ileana ilenia ilka ilker ilona ilse iman imani imke imogen imran imre
indra ines inga inge ingo ingrid inigo inmaculada innes iona ionut ipek irem irena irene irina iris irma irmgard isa
isaac isabel isabella isabelle isadora isaiah iseult isha ishaan isidro isla ismail isolde istvan itziar iulia ivan
ivana ivano ivo ivonne iwona izabela izzy iñigo jabari jacinto jack jackie jackson jaclyn jacob jacqueline jacques
jade jadwiga jaime jairo jake jakob jakub jalal jamal james jamie jamila jan jana jane janet janice janina janine
jannik janos janusz jared jarek jari jarl jaroslav jasmin jasmine jason jasper javier jay jaya jayden jaz jean
jeanette jeanne jeff jeffrey jelena jelle jemima jenna jennifer jenny jens jeremie jeremy jeroen jerome jerry jerzy
jess jesse jessica jessie jesus jette jhun jiho jill jim jimena jimin jimmy jin jing jirina jirka jisoo jitka jo
joachim joan joana joanna joanne joao joaquin jocasta jocelyn jochen joe joel joelle joerg johan johanna johannes
john johnny joko jolanda jolanta jon jonah jonas jonathan joon joost jordan jordane jordi jorg jorge jose josef
josefa josefina joseph josephine josette josh joshua josiane josie joss joyce jozef juan juana juanita jude judith
judy jule jules julia julian juliana juliane julie julien juliet julieta juliette julio julius jun june junko jurgen
jussi justin justine justyna jutta jyoti kaan kadek kagiso kai kaisa kaitlyn kajal kalle kalpana kamal kamau kamil
kamila kaori kaoru kara karel karen karim karima karin karina karine karl karla karlheinz karolina karsten karthik
kasia kat katalin kate katerina katharina katherine kathleen kathrin kathryn kathy katia katie katja katrien katrin
katrina katy katya kavita kay kayla kaylee kazim kazimierz kazuki keiko keisha keith kelly kelvin kemal ken kendra
kendrick kenji kenneth kenny kenta kerem kerry kerstin ketut kevin khadija khaled khalid khanh kiara kieran kiki kim
kimberly kira kiran kirk kirsten kirstie kirsty kit kjell kjetil klara klaudia klaus klemens knut koen kofi koji
koldo komal konrad konstantin koray kostas kris krishna kristen kristian kristin kristina kristof krystyna krzysztof
kumar kumiko kunal kunigunde kurt kwame kyle kylie lachie lachlan laetitia laila lakshmi lalit lamar lamia lan lana
lapo lara larissa larry lars lasse laszlo latisha latoya laura laure laurel lauren laurence laurent laurie laurine
layla lazaro lea leah leandro leanne leela leena leif leila leire lena leni lenka lennart leo leon leona leonard
leonardo leonie leonor leopold leroy leslie lester leszek leticia letizia lettie levent levi lewis leyla lia liam
libby lidia lieke lien liesel lieselotte liisa lila lili lilian liliana lilly lily lin lina linda lindiwe lindsay
lindsey ling linh linus lionel lisa lisbeth lise liv livia liviu liz liza lizzie ljubica lloyd logan lois lola long
lora lorcan lore loredana lorena lorenz lorenzo loretta loris lorna lorraine lothar lotta lotte lottie lou louis
louisa louise lourdes lubna lubos luc luca lucas lucho lucia luciana luciano lucie lucien lucille lucinda lucy
lucyna ludger ludivine ludmila ludovic ludwig luigi luis luisa luise luiz luka lukas lukasz luke luna lutz lydia lyn
lynda lynn maarten mabel macarena maciej maddalena maddie maddy made madeleine madeline madhav madhu madison mads
maelle maeve magda magdalena maggie magnus mags maha mahesh mahmoud mai maike mairi maisie maite maj maja makoto
malcolm malgorzata malik malin malte mandla mandy manfred manisha manlio manoj manolo manon manuel manuela mara marc
marcel marcela marcella marcelo marcia marcial marcin marco marcos marcus marek marga margaret margarita margaux
margit margot marguerite maria mariam mariama marian mariana marianne maribel maricarmen marie marieke mariel
mariela marietta marija marika mariko marilyn marina marine mario marion marisa marisol marissa marita marius
marjorie mark marketa marko markus marlene marlies marlis marloes marlon marquis marta marten martha marthe martin
martina marty martyn marvin marwan mary maryam maryse marzena masako masato masha massimiliano massimo mate mateo
mateusz mathias mathieu mathilde mathis matias matilda matt matteo matthew matthias matthieu mattia mattie maud
maura maureen maurice mauricio maurizio max maxim maxime maximilian maximo maxine maya mayank mayumi meenakshi meera
meg megan megumi mehdi mehmet mei meike meinhard mel melanie melina melinda melis melissa melodie melody mercedes
meredith merle merlin mert merve meryem mia micah michael michaela michal michel michela michele michelle michiko
mick midori mieczyslaw miguel mihaela mihai mika mikael mike mikel mikhail mikko miklos mila milagros milan milena
miles millie milo milos min-ji mina minako mindy minh minho minna mira miranda mircea mireille mirella mirelle
miriam mirjam mirjana mirko miroslav miroslaw misha mitch mitzi mo modesto mohamed mohammad mohammed mohan mohsin
moira moises molly mona monica monika monique montse monty morag morgan moritz morten moses mounir moussa mpho
muhammad mukesh murat murdo muriel murray mustafa mwangi mya mylene myles myra myriam nabil nacho nada nadia nadim
nadine nadir nadja najwa naledi nam nance nancy naoki naoko naomi nasrin nasser natalia natalie natasha nate
nathalie nathan nathaniel natsuki naveen nazli neal nebojsa ned neeraj neha neil nele nell nellie nello nelson nenad
nessa nestor nettie neve ngoc ngozi nguyen nhung nia niall niamh nicholas nick nicki nicky nico nicola nicolai
nicolas nicole nicolo niels nieves nigel nihat nik nikhil nikita nikki niklas niko nikola nikolai nikolas nilesh
nilgun nils nina nirmala nisha nitin nizar njal njeri nkechi nnamdi noah nobu noel noelia noelle noemi noemie nomsa
noor nora norbert noreen noriko norma norman nour nuno nunzia nuria nyah nyoman oana obi octavia octavio oddvar
odette odile odo ofelia oisin okan oksana ola olaf oleg olena olga olive oliver olivia olivier ollie olu olumide
oluwaseun omar ondrej onur oona ophelie orazio orhan oriane orietta oriol orla orlando ornella ortrud ortwin osama
oscar oskar osvaldo ottilie otto oumar ovidiu owen oyvind ozan ozge ozlem pablo paco padma padraig paige paivi
pallavi palle paloma pam pamela panagiotis paola paolo parisa parth pascal pascale pasquale pat patrice patricia
patricio patrick patrizia patsy patty pau paul paula paulette pauline paulo pavel pawel payal paz pearl pedro peggy
pekka pelin penelope penny pepe per percy perrine perry pete peter petr petra phil philip philipp philippa philippe
phillip philomena phoebe phuong phyllis pia piedad pierluigi piero pierre piers piet pieter pietro pilar pinar piotr
pip polly pooja poppy prabhu pradeep prakash pramod pranav prasad prashant pratik preeti premysl priscilla priya
priyanka przemek ptolemy puneet putri qasim quan quang queenie quentin quinn quynh rachel rachid rachna radek radim
radu raf rafael rafal raffaele raffaella raghav ragna ragnar ragnhild rahmat rahul rainer raj raja rajesh rakesh
ralf ralph raluca ramesh rami ramiro ramon ramona rana randy rani rania ranjit raoul raphael raquel rashad rashid
rasmus raul ravi ravindra ray raymond razvan rebecca recep reena reggie reggio regina regis reiko reinaldo reiner
reinhard reinhild reinhold rekha remedios remi remy renata renate rene renee renzo reyes reza rhea rhiannon rhodri
rhys ricardo riccardo rich richard rick ricky rico rie rigoberto rikke rima rin rishi rita ritu rizal rob robbie
robert roberta roberto robin rocco rocio rod roderick rodney rodolfo rodrigo rogelio roger rohan rohini rohit roisin
roland rolf romain roman romy ron ronald ronja ronnie roos rory rosa rosalba rosalia rosalie rosalind rosalyn
rosario rosemarie roshni rosie rosine ross roswitha rowan roxana roxane roxanne roxy roy ruaridh ruben ruchi rudi
rudiger rudolf rudy ruediger rufus ruggero rui rupert ruprecht russ russell ruth ruthie ruud ryan ryo ryszard saad
sabina sabine sabrina sacha sachiko sachin sade sadie sahar sahil said salim sally salma salvador salvatore salvo
sam samantha sami samir samira sammy samuel samuela samuele sana sancho sandeep sander sandor sandra sandrine sandy
sangeeta sanjana sanjay sanna sanne santiago saoirse sapna sara sarah sascha sasha saskia satish satoshi satu
saurabh savannah saverio sayaka scott seamus sean sebastian sebastien segolene selena selim selin selma selwyn sema
seojun serdar serena serge sergei sergey sergio serkan seth severine seyma shadi shalini shane shanice shankar
shannon sharon shaun shauna shawn sheila shelly sherry shilpa shin shinji shiori shirley shiv shivani sho shona
shota shreya shreyas shruti shyam sian sibel sibylle sid siddharth sidney siegbert siegfried sieglinde sienna sierra
sigmund sigrid sigurd silas silke silvana silvano silvia silvio silviu simon simona simone simonetta sina sinan
sinead sinem siobhan sipho siri sissel siti siva sizwe siân sjoerd slawomir slobodan sneha snezana socorro sofia
sofie solange soledad solene solveig son sonia sonja sonya soojin sophia sophie soren sorin spencer spiros sri
srinivas stacey stacy stan stanislav stanislaw stanley stavros stef stefan stefania stefanie stefano steffen steffi
stelian stella stepan stephan stephane stephanie stephen steve steven stewart stipe struan stu stuart sture suat
subhash sudha sue sukie suman sundar sunil sunita sunwoo suraj suresh surya susan susana susann susanna susanne
susie suzanne suzie svein sven svenja sverre svetlana swantje swapnil swati sybille sylvain sylvaine sylvia sylvie
szymon tabea tabitha tadeusz tadhg taha takashi takumi talia tamara tamer tammy tamsin tanguy tania tanisha tanja
tanvi tanya tapio tara tarek tariq taro tarun tasha tatiana tatjana ted teddy tejas tendai teo teresa teri terje
terrence terry tess tessa tetsuya thabo thandi thanh thao thea themba theo theodor theodore theresa therese thibault
thibaut thierry thijs thilo thomas thor thorsten thu thuy tiago tibor tien tiffany tilda till tilly tilman tim timo
timothy tina tineke tino tiziana tobias toby todd tolga tom tomas tomasz tommaso tommy tomoko toni tony torben
torbjorn torstein torsten torunn toshi tove tracey tracy traian trang traudel travis trevor tricia trinidad trish
tristan trixie trond trudi trudy trung trupti tuan tugce tulay tullio tumi tuncay tunde tuyet tye tyler tyrell
tyrone ubaldo uday udo ufuk ugo ulf uli ulises ulla ulrich ulrika ulrike uma umar umberto umit una unai upasana urs
ursel ursula urszula usha ute uwe vaclav vaibhav val valentin valentina valentine valentino valeria valerie valerio
vandana vanessa varun vasant vasco vasil vasilis veit venkat vera verity vernon veronica veronika veronique vesna vi
vicente vicki vicky victor victoria vidar vidhi vidya viet vijay vikas vikram viktor viktoria vinay vince vincent
vincenzo vinh vinod viola violaine violeta virginia virginie vishal vit vittoria vittorio viv vivek vivian viviane
vivien vlad vladimir vojtech volkan volker volkhard wade wael wahyu walburga waldek waldemar walid wallace walt
walter waltraud wanda wanjiru warren wayan wayne wei wendelin wendy werner wesley wessel whitney wiebke wieslaw
wigbert wilf wilfried wilhelm wilhelmine will willem willemijn william willy wilma wim winfried winifred winnie
winston wojciech wolfgang wolfram wout xander xaver xavi xavier xenia ximena xin xuan yago yahya yan yana yann
yannick yannis yanti yara yasemin yash yasin yasmin yasmine yasser yasuo yavuz yaw yejin yemi yilmaz ylva ylwa yngve
yoann yogesh yohan yoko yolanda yosef yoshi yosuke young youssef yuka yuki yuko yumi yuri yusuf yusuke yuta yvan
yves yvette yvonne zach zachary zack zahra zaida zainab zanele zara zbigniew zdenek zdenka zehra zeki zelda zeljko
zeynep ziad zodwa zoe zofia zoltan zoran zsofia zsolt zuleika zuzana zuzanna
"""
_PLACES = """
africa african america american amsterdam antwerp apac asia asian athens atlanta auckland austin australia
australian austria austrian baltic baltimore bangalore bangkok barcelona basel bavaria beijing belfast belgian
belgium belgrade benelux berlin bern birmingham bogota bologna bonn boston brasil bratislava brazil brazilian bremen
brighton bristol british brussels bucharest budapest bulgaria cairo california cambridge canada canadian canberra
cardiff chicago chile china chinese cologne colombia copenhagen cork croatia cyprus czech czechia dach dallas danish
delhi denmark denver detroit deutsche deutschen deutscher deutschland dortmund dresden dubai dublin dusseldorf dutch
düsseldorf edinburgh egypt emea england english españa essen estonia eu europe european finland finnish florence
florida france francia frankfurt französische freiburg french galway gatwick geneva genoa german germany ghent
glasgow gothenburg granada greece greek hamburg hannover hanover heathrow helsinki hesse houston hungarian hungary
iberian iceland india indian indonesia ireland irish israel istanbul italian italy jakarta japan japanese jena jfk
johannesburg kenya kiel kiev korean krakow kyiv köln lagos latam latvia lax leeds leipzig lima lisbon lithuania
liverpool london lugano luton luxembourg lyon madrid malaga malmö malta manchester mannheim marseille melbourne
mexican mexico miami milan minneapolis montreal moscow mumbai munich münchen nairobi nantes naples netherlands
newcastle nice nigeria nordic norway norwegian nottingham nuremberg nürnberg ohio oslo ottawa oxford palermo paris
peru philadelphia philippines poland polish porto portugal portuguese potsdam poznan prague riga romania romanian
rome rotterdam russia russian salzburg santiago scandinavian schiphol schweiz scotland scottish seattle serbia
seville shanghai sheffield singapore slovakia slovenia sofia spain spanish stansted stockholm strasbourg stuttgart
sweden swedish swiss switzerland sydney taiwan tallinn texas thailand tokyo toronto toulouse tunis turin turkey
turkish uk ukraine ukrainian us usa utrecht valencia vancouver venice vienna vietnam vilnius wales warsaw washington
welsh wien zagreb zurich zürich österreich
"""
_TOOLS = """
amex ariba asana atlassian aws azure bafin bbc bitbucket bloomberg bt calendly capterra chatgpt chrome
clickup concur confluence coupa datadog datev docusign dropbox dynamics excel facebook fca figma firefox freshdesk
g2 gainsight github gitlab glassdoor gmail gong google grafana guardian hubspot ico instagram intercom jenkins jira
kubernetes lexware linkedin linux looker loom mailchimp marketo mastercard microsoft miro mixpanel navision netsuite
notion ofcom okta onedrive openreach outlook pagerduty paypal peoplesoft pipedrive powerpoint quickbooks reddit
reuters safari salesforce sendgrid sentry servicenow sharepoint skype slack snowflake stripe tableau teams tiktok
toughcustomer trello trustpilot twilio twitter visa vodafone webex whatsapp windows word workday xero youtube zapier
zendesk zoho zoom
"""
FIRST_NAMES = frozenset(_FIRST_NAMES.split())
PLACES = frozenset(_PLACES.split())
TOOLS = frozenset(_TOOLS.split())
