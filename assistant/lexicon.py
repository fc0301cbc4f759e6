"""The words by which a sentence's meaning turns: what says no, what limits, what obliges, and what says the same."""

from __future__ import annotations

import re
from functools import cache

from index.keywords import terms


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that carry no claim of their own. English; other languages are checked word by word (see `assistant.verify`).
GLUE = _words(
    """
    a an the this that these those such and or of to in on at by for with from as is are was were be been
    being am do does did doing has have had having it its they them their theirs he him his she her hers i me
    my we us our ours you your yours who whom whose which what where how why there here into onto about
    between among through per also too so then than very quite just even both either each every all any some
    one ones other own same while whereas because since although though however therefore thus hence when
    whenever if whether will would up out off yes well still already yet again together within under over
    above below via upon toward towards across along additionally furthermore moreover please etc s t re ve ll
    d m themselves itself himself herself yourself another someone somebody anyone anybody everyone everybody
    else before after until during now currently likewise only except unless solely exclusively without
    not_needed always but or_more or_less elsewhere more further less
    """
)

# Words that add little to what is said with them: light verbs and words about the page itself.
LIGHT = _words(
    """
    get gets got take takes taking took make makes made making include includes including included consist
    consists contain contains provide provides provided give gives given offer offers offered call called name
    named known part page passage pages say says said state states mention mentions accord according case
    certain specific various example examples total moment time way ways go goes come comes lasts number
    amount belong belongs member members role mean means stand stands following follows namely several aim
    aims aimed together main key currently present information there shared deal deals gain receive receives
    obtain place hold holds run runs want apply applies person people happen happens exist exists use uses
    used
    """
)

NEGATORS = _words(
    """
    not no never none nobody nothing neither nor without hardly
    """
)

# One line a meaning. A word stands in one line only; antonyms never share one.
_GROUPS = """
join joins joined joining became become part enter
found founds founded founding founder founders establish established create created creates set launch launched start
found start started begin begins began
end ends ended finish finishes expire expires lapse
member members membership
buy buys bought purchase purchased purchases acquire acquired acquires acquisition
sell sells sold sale
inform tell tells told notify notifies notified
ask asks requested
hand submit submits submitted send sends sent deliver file
employee employees staff personnel worker workers colleague colleagues people employs employed employ
boss manager supervisor
chief executive ceo
chair chairs chairman chairperson chairwoman
give gives given transfer transfers transferred
continue continues goes go keeps
grow grows grew grown rise rises rose risen increase increases increased
fall falls fell fallen decrease decreases decreased drop drops dropped decline declined
pay pays paid salary wage payment
reimburse reimburses reimbursed refund refunds refunded compensate compensated compensation
illness ill sick sickness
organisation organisations organization organizations institution institutions
company firm employer
nation nations country countries
city cities
aim aims goal goals objective objectives purpose
help helps support supports assist assists aid
important crucial vital key essential
large larger big bigger
largest biggest
build builds built construct
choose chooses chosen select selects selected pick
fund funds funded finance finances financed
purpose goal
protect protects protected protecting protection
strengthen strengthens strengthening boost boosts boosting enhance enhances
mobile cell
mail email
phone telephone
happen occur
book books reserve reserved
borrow borrows borrowed lend lends loan loans lent
car vehicle
journey journeys trip trips travel
per each
lead leads led head heads headed leader leaders
answer answers answered respond responds responded response responses reply replies replied
carry carries carried roll rolls rolled
ability abilities capacity capability
risk risks jeopardy danger
ongoing progress
request requests application applications
note certificate
drive drives driving
approve approves approved approval consent accept accepts accepted
grant grants granted award awards awarded
run runs operate operates organise organises organize organised
develop develops developed development
teach teaches teaching instruction
begin begins
lose loses lost loss
repair fix
reach contact contacts call
show shows shown present
decide decides decided decision
permanent indefinite
work works working worked job
location located based situated
take takes attend attends participate participates participating
site website
discuss discusses
document documents paper papers
staff
meeting meetings
room rooms
fee fees cost costs charge charges price
free gratis
quick fast
immediately once instantly
study studies
rule rules regulation regulations
cover covers covered
leave leaves holiday holidays vacation
renew renews renewed extend extended
"""

# Never the same, however near an embedding model places them.
_OPPOSITES = """
increase decrease, rise fall, open close, open shut, allow forbid, accept reject, join leave, include exclude,
first last, new old, internal external, paid unpaid, public private, required optional, permanent temporary, buy
sell, begin end, start stop, arrive depart, enter exit, lend return, win lose, success failure, pass fail, mother
father, brother sister, student teacher, student staff, student employee, manager employee, staff visitor, guest
employee, contractor employee, weekday weekend, day night, morning evening, morning afternoon, summer winter, north
south, east west, left right, early late, short long, small large, high low, cheap expensive, minimum maximum,
import export, online offline, indoors outdoors, upper lower, inside outside, full half, part-time full-time, hire
fire, city country, doctor nurse, book magazine, car train, flight train, phone laptop, always never, teach learn,
give take, send receive, add remove, approve reject, grant refuse, encrypt decrypt, lock unlock, present absent,
parent child, mentor trainee, volunteer employee, buyer seller, employer employee, landlord tenant, single double,
male female, men women, before after, salary bonus, friend spouse
"""

_PEOPLES = """
europe european europeans
finland finnish finn finns
sweden swedish swede swedes
norway norwegian norwegians
denmark danish dane danes
germany german germans
france french
england english
britain british uk
spain spanish
italy italian
china chinese
russia russian
america american americans us usa
estonia estonian
poland polish
"""

ONLY = re.compile(r"\b(?:only|solely|exclusively|exclusive to|nothing but|no one but)\b", re.IGNORECASE)
EXCEPT = re.compile(
    r"\b(?:except(?: for)?|excepting|unless|excluding|with the exception of|other than|apart from|but not)\b",
    re.IGNORECASE,
)
CONDITION = re.compile(r"\b(?:if|unless|except|provided that|as long as|during|without|on condition)\b", re.IGNORECASE)
HEDGE = re.compile(
    r"\b(?:usually|often|sometimes|normally|typically|generally|mostly|rarely|seldom|partly|in principle)\b",
    re.IGNORECASE,
)
TOTAL = re.compile(r"\b(?:always|in (?:all|every) cases?|without exception|at all times)\b", re.IGNORECASE)

_MODALS = {
    "must": "must shall need needs needed require requires required necessary mandatory compulsory obligatory obliged",
    "may": "may can could might allow allows allowed permit permits permitted able possible eligible entitled",
    "should": "should ought recommend recommends recommended advised encouraged",
}
MODALS = {word: kind for kind, words in _MODALS.items() for word in words.split()}

# Verbs with two sides: who does it and to whom may not be exchanged.
SIDED = _words(
    """
    buy buys bought sell sells sold acquire acquired lead leads led report reports reported found founded
    follow follows followed approve approves approved host hosts hosted provide provides provided run runs
    manage manages managed hire hires hired join joins joined pay pays paid send sends sent give gives given
    lend lends lent own owns owned replace replaces replaced succeed succeeds succeeded supervise supervises
    supervised appoint appoints appointed fund funds funded support supports supported create created creates
    teach teaches taught train trains trained employ employs employed represent represents represented meet
    meets met tell tells told inform informs informed review reviews reviewed sign signs signed chair chairs
    chaired decide decides decided play plays played influence influences influencing strengthen call calls
    called wipe wipes wiped answer answers beat beats help helps helped build built belong belongs use uses
    used elect elects elected nominate nominates nominated merge merged designate designated transfer
    transfers transferred ask asks asked invite invites invited visit visits visited require requires assign
    assigns assigned establish established launch launched organise organises organised borrow borrows
    borrowed sue sued grants granted grant book books booked order orders ordered reimburse reimburses
    reimbursed attend attends attended submit submits submitted change changes changed carry carries carried
    write writes wrote written repeat repeats repeated renew renews renewed reserve reserves reserved refund
    refunds refunded earn earns earned drive drives drove driven bring brings brought precede precedes
    preceded outrank outranks oversee oversees oversaw advise advises advised protect protects protected
    """
)


@cache
def stem(word: str) -> str:
    """The word as the keyword index would store it in English."""
    found = terms(word, "en")
    return found[0] if found else word.lower()


@cache
def meaning(word: str) -> str:
    """A key that words of the same meaning share, by stem and by the table of meanings."""
    return _meanings().get(stem(word), stem(word))


@cache
def name_key(word: str) -> str:
    """A key that a name shares with its other forms: "Europe's", "European"."""
    return _peoples().get(word.lower(), stem(word))


@cache
def _peoples() -> dict[str, str]:
    return {word: line.split()[0] for line in _PEOPLES.strip().splitlines() for word in line.split()}


@cache
def _meanings() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _GROUPS.strip().splitlines():
        words = line.split()
        for word in words:
            found.setdefault(stem(word), stem(words[0]))
    return found


@cache
def _opposites() -> frozenset[frozenset[str]]:
    pairs = (pair.split() for pair in re.split(r",\s*", " ".join(_OPPOSITES.split())))
    return frozenset(frozenset((meaning(one), meaning(other))) for one, other in pairs)


def are_opposite(one: str, other: str) -> bool:
    """Whether two words exclude each other: a known pair, or one the other with un-, in-, non- or -less."""
    if frozenset((meaning(one), meaning(other))) in _opposites():
        return True
    short, long = sorted((one.lower(), other.lower()), key=len)
    return re.fullmatch(rf"(?:un|in|im|ir|il|non|dis|mis){re.escape(short)}|{re.escape(short)}less", long) is not None
