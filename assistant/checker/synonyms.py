"""English words that say the same, that exclude each other, and the names of peoples beside their countries."""

from __future__ import annotations

# One line a meaning. A word stands in one line only; antonyms never share one.
GROUPS = """
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
important crucial vital key
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
doctor physician
introduce introduces introduced introduction
lose forfeit forfeits forfeited
share shares shared post posts posted
span spans spanned cover
law laws legislation
keep keeps kept
take takes took taken
write writes wrote written
hold holds held
get gets got gotten
make makes made
bring brings brought
think thinks thought
meet meets met
say says said
see sees saw seen
speak speaks spoke spoken
spend spends spent
understand understood
fly flies flew flown
know knows knew known
ran run
win wins won
hear hears heard
draw drew drawn
wear wore worn
sent send
given gave
paid pays
built builds
lent lend
drove drive driven
earn earns earned accrue accrues accrued
last final
detect detects detected notice notices noticed observe observes observed spot
send sends transmit transmits transmitted
return returns returned
obtain obtains obtained acquire
finish finishes complete completed completes
modify modifies modified change changes changed alter amend amended update updated
delete deletes deleted remove removes removed erase
verify verifies verified confirm confirms confirmed
error errors mistake mistakes
problem problems issue issues trouble
quick quickly fast rapid rapidly
yearly annual annually
additional extra
entire whole
enroll enrolls enrolled enrol enrolled register registers registered
spread distribute distributed distributes
child children kid kids
doctor doctors
reduce reduces reduced cut cuts lower lowers lowered
improve improves improved
begin commence commences commenced
purpose task
beginning start
duplicate copy copies
usual usually normal normally general generally typical typically
main principal primary chief
house home
movie film
photo photograph picture
big great
eventual eventually ultimately finally
connect connects connected link linked
prevent prevents prevented avoid avoids avoided
acknowledge acknowledged acknowledgement acknowledgment
respond reply response
danger hazard
store stores stored save saved
display displays displayed show
permission authorisation authorization
signature sign signed
attack attacks attacked attacking
suspicious suspected suspect
medicine medication
holiday vacation
ill unwell
"""

# Never the same, however near an embedding model places them.
OPPOSITES = """
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

PEOPLES = """
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
