"""Words that tell the same in other words, as those do who retell a text."""

from collections.abc import Mapping
from functools import lru_cache

from innoqa.words import stem

_GROUPS = tuple(
    group.strip()
    for line in """
    begin began begun start launch open initiate inaugurate
    end finish close shut conclude complete; rise grow increase climb growth expand
    fall drop decline decrease shrink; enlarge expand extend widen broaden
    found establish create set form institute; build construct construction building erect
    get obtain receive gain acquire secure attain win; have hold own possess
    host house home accommodate; lie locate situate stand find
    include comprise contain cover consist encompass; give provide offer grant supply
    show find reveal demonstrate conclude report observe
    say state write note report announce declare argue mention; propose suggest recommend
    approve endorse back approval endorsement consent; aim goal purpose target objective
    plan intend schedule foresee; need require demand call ask want; allow permit let enable
    move relocate transfer shift; change develop evolve become transform
    turn convert transform translate; speed accelerate hasten quicken
    divide split separate part; name call designate label term; name list mention identify cite
    count number tally total figure; amount sum total reach come
    earn make generate bring yield produce take; cost price expense costed; buy purchase acquire
    sell sale sold export; shop store retail; resident inhabitant people
    firm company enterprise business; town municipality; district borough area zone
    field sector domain branch; role part function task; centre center hub heart; east eastern
    west western; north northern; south southern; main principal chief major key central
    big large great major
    close near nearby neighbour neighbouring adjacent surround surrounding; yearly annual
    worldwide global international; nationwide national country; early first initial
    late last final; former previous earlier once; different varied various diverse
    similar alike comparable same; fast quick rapid; merge combine join unite fold
    release publish issue; share percentage proportion percent
    condition requirement criterion standard; obstacle barrier hindrance challenge problem
    reason cause explain explanation; disagree differ difference conflict contradict diverge
    about approximately roughly around; together jointly combined
    staff employee worker personnel; scientist scholar researcher academic; work labour job
    driver force drive; lead head run govern manage; run operate operation
    money fund funding finance capital; law rule regulation policy; separate apart separately
    exempt free spare; account report; limit limited; spread distribute distribution
    use utilise employ apply; help assist aid support; keep remain stay retain
    happen occur take; go flow pass; leave depart outflow exit
    measure gauge judge assess evaluate; overtake pass surpass exceed; step stage phase
    begin commence initiate start emerge originate origin root stem date trace
    continue persist remain stay last go; arise emerge appear develop form grow
    bring attract draw lure pull
    carry conduct perform undertake execute implement realise realize complete
    achieve attain reach accomplish realise hit meet fulfil; add contribute bring
    link connect tie join couple relate associate
    gather collect assemble cluster concentrate bundle pool; pay settle remit spend
    tax levy duty; lower cut reduce reduction lessen diminish
    raise lift boost increase push step
    strengthen boost reinforce support enhance improve foster promote encourage stimulate
    drive push propel spur fuel power; back support sponsor sustain
    finance fund invest pour inject; receive land attract benefit profit
    profit benefit gain advantage; award honour prize recognise recognize
    recognise recognize certify designate accredit acknowledge name grade
    appoint assign allot allocate entrust task charge
    describe portray present depict characterise characterize call regard see view consider treat
    think believe hold argue maintain contend reckon assume consider; compare contrast set weigh
    study paper article research thesis report survey analysis work publication investigation
    analyse analyze examine investigate study explore look; author writer researcher scholar
    report press news newspaper article account; entry article page site website
    source account report publication; data figure statistics number record
    calculate compute work derive reckon; estimate reckon put value project
    apply file submit lodge request seek; application filing request
    use practice utilise exploit commercialise commercialize employ
    turn bring convert commercialise commercialize; product goods good
    industry sector business branch
    found founder founding foundation establish establishment creation launch
    set fix lay define determine stipulate; rule guideline provision law
    decide decision resolve resolution determine choose; agree agreement accord approve consent
    letter proposal note; leader leadership head chief top; leading foremost top first premier
    expand expansion enlarge enlargement extension
    cover span occupy take measure stretch extend size area; floor space area
    consist comprise make form constitute account represent
    contain hold have include house feature; live reside dwell inhabit
    work operate serve function act; run active operate operational service use
    open launch inaugurate start; shut close cease end fold; clear remove evict vacate
    empty vacant unoccupied; renovate refurbish convert rebuild redevelop remodel
    former old earlier past ex previous once; factory plant works mill
    mall market store shop centre; street road avenue; building block tower premises
    office workspace workplace; campus site grounds; neighbourhood quarter community
    authority government administration ministry department agency body
    committee council commission board; member fellow; abroad foreign overseas international
    home house housing dwelling property flat estate; price cost expensive expense
    expensive costly dear high; cheap low inexpensive; young junior early
    talent skill expert expertise brain personnel; scholar academic scientist faculty
    student learner graduate; startup start new venture; venture company startup firm
    investor backer financier; incubate nurture hatch foster incubator incubation
    maker inventor creator; tenant occupant resident settle; team group squad crew
    cooperate cooperation collaborate collaboration partner partnership joint together
    invention innovation discovery; innovation innovative new; knowledge know learning
    patent invention; hub centre core heart focus; core central main key
    periphery edge outskirts outer margin; spread radiate diffuse extend expand reach
    outward outside beyond; move migrate relocate shift transfer flow leave; stay remain keep
    uneven unequal unbalanced; differ vary deviate diverge contradict
    definition define meaning count; version edition revision
    revise revised update change alter new; base basis foundation ground
    explain account clarify reason due because; possible potential conceivable may might perhaps
    likely probable probably presumably; uncertain unconfirmed unverified unsure
    rank place stand position come; recent late new; bright brightness luminous light
    large big sizeable sizable major; complete full whole entire finished
    finish complete conclude end done; step stage phase period; period stage era time phase
    plan programme program scheme blueprint project; initiative programme program scheme project
    strategy approach plan mechanism policy; incentive benefit relief break subsidy
    preferential special reduced favourable; qualify eligible entitle meet
    forbid ban prohibit bar disallow; allow may able permit can; able can capable
    debt loan liability; risk danger threat hazard; avoid prevent free keep
    property real estate; rural village countryside; agriculture farm farming agricultural
    medicine medical health pharmaceutical; biotech biology biological life biomedical
    computer electronic it digital; chip semiconductor circuit
    car vehicle automobile automotive; energy power; space aerospace; laboratory lab
    facility installation equipment plant infrastructure; instrument device equipment
    test trial pilot experiment experimental; demonstration model pilot showcase
    model example pattern template; independent indigenous own autonomous
    original basic first fundamental; basic fundamental pure
    advanced cutting modern high sophisticated; frontier cutting forefront
    quality standard level; level degree grade rate; rate share percentage level
    intensity share ratio rate; economy economic gdp; income revenue earning turnover
    export sell ship abroad; buyer customer client purchaser
    contract deal agreement transaction; trade commerce exchange deal; market commercial trade
    competition competitive rival compete competitiveness; worth valued value
    listed public quoted; unlisted private; mention name cite refer reference allude
    refer denote mean describe stand; mean denote signify imply; imply suggest indicate mean
    point indicate show; warn caution; stress emphasise emphasize underline highlight
    criticise criticize blame fault; confirm verify corroborate; deny reject dispute
    question doubt; ask request require call demand want; aim intend mean seek strive plan
    ambition aim aspiration goal; vision outlook view; future coming ahead
    expect anticipate foresee predict forecast; envisage foresee plan see
    propose put suggest moot; idea concept notion proposal
    term phrase word expression label name; title name heading; map chart plot
    near close adjacent beside around; surround encircle border; middle centre central
    location place position site whereabouts; distribution spread pattern spatial
    link network tie web; network web system; system ecosystem framework structure
    structure form make composition; role part task position function; duty task responsibility
    divide division allocate split; combine blend mix bring together unite
    integrate integrated combine merge connected; varied diverse diversified different various
    active lively busy; crucial decisive essential vital key important central
    important significant major key; significant notable considerable substantial
    success achievement result outcome; effect impact influence consequence
    influence affect shape impact; success succeed prosper thrive; fail collapse bankrupt
    problem difficulty trouble issue; hinder hamper impede obstruct slow; easy simple ready
    lack miss absence want short; need necessary necessity require; enough sufficient adequate
    room space place; land ground area; ancestor forerunner predecessor; successor follow heir
    offshoot spin spinoff subsidiary affiliate branch; subsidiary affiliate unit arm branch
    arm branch unit division; unit department section; hire recruit employ engage
    train educate teach; teach educate instruct education; school college university academy
    degree diploma qualification; engineer technician; expert specialist
    chief head director leader president; visit trip tour; speech address remark
    meet gather convene encounter; meeting conference session gathering; sign conclude agree
    document paper text; publish release print issue appear; write author pen draft compose
    read interpret understand take see; understand grasp see; undated date unspecified
    same identical equal; match correspond equal agree fit; fit suit match; series sequence row
    break gap interruption; continue series extend; trend development tendency
    change shift alteration movement; transition shift change move
    transform reshape change remake; reform change overhaul
    gap difference discrepancy shortfall; exceed surpass top beat pass outstrip
    lag trail behind
    element ingredient component pillar factor; long length stretch extend run; old older aged
    end phase stop; multiple many several numerous various; single one sole
    create establish found set; talent people talented; draw plan prepare; put forward propose
    run manage administer; observe see note notice; once time; kind type sort category class
    equivalent equal correspond make; reassign readjust adjust
    """.strip().splitlines()
    for group in line.split(";")
)
_OF: Mapping[str, frozenset[int]] = {
    word: frozenset(n for n, group in enumerate(_GROUPS) if word in map(stem, group.split()))
    for word in {stem(word) for group in _GROUPS for word in group.split()}
}
_IRREGULAR = """
    arose arise; began begin; begun begin; became become; bore bear; broke break; broken break
    brought bring; caught catch; chose choose; chosen choose; came come; dealt deal; drew draw
    drawn draw; drove drive; driven drive; fed feed; felt feel; fought fight; forbade forbid
    forbidden forbid; foresaw foresee; foreseen foresee; gave give; given give; got get; kept keep
    knew know; known know; laid lay; led lead; left leave; lent lend; lost lose; meant mean
    met meet; outgrew outgrow; overtook overtake; ran run; said say; saw see; seen see; sent send
    shown show; sought seek; spoke speak; spoken speak; stood stand; struck strike; taken take
    taught teach; thought think; threw throw; told tell; took take; undertook undertake
    understood understand; withdrew withdraw; wrote write; written write; arisen arise
    lain lie; shrank shrink
"""
_VERBS = dict(pair.split() for line in _IRREGULAR.strip().splitlines() for pair in line.split(";"))
_ENDINGS = ("ing", "ed", "ion", "ment", "s")


@lru_cache(maxsize=16384)
def groups(word: str) -> frozenset[int]:
    """The groups that a stem, or the verb that it is a form of, belongs to."""
    word = _VERBS.get(word, word)
    for ending in ("", *_ENDINGS):
        root = word.removesuffix(ending)
        for form in (root, f"{root}e", root[:-1] if root[-2:-1] == root[-1:] else root):
            if (root != word or not ending) and form in _OF:
                return _OF[form]
    return frozenset()
