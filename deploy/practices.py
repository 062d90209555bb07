"""The made-up practices and people of the local run: data only.

Every situation of joining has a practice: two managers, one, none, not contracted with and without a claim, no TIN.
Telephone numbers are from the range kept for fiction (555-01xx); TINs and NPIs belong to nobody we know.
"""

from dataclasses import dataclass

FRONT_DESK = ("eligibility.view", "claims.status.view", "precert.view")
BILLING = ("eligibility.view", "claims.status.view", "claims.submit", "remittance.view")
EMERGENCIES = ("clinical.view", "precert.submit")
EVERYTHING = (
    "eligibility.view",
    "claims.status.view",
    "claims.submit",
    "remittance.view",
    "payment.manage",
    "precert.view",
    "precert.submit",
    "fee-schedule.view",
    "fee-schedule-change.view",
    "demographics.update",
    "agreement.copy.request",
    "clinical.view",
)
NOT_CONTRACTED = tuple(
    name
    for name in EVERYTHING
    if name not in {"fee-schedule-change.view", "demographics.update", "agreement.copy.request"}
)


@dataclass(frozen=True)
class Practice:
    """An organization of the demo; without managers it is known to the payer's directory only."""

    id: str
    name: str
    tin: str | None
    npi: str | None
    phone: str
    contracted: bool = True
    claim_submitted: bool = True
    kind: str = "practice"
    managed: bool = True


@dataclass(frozen=True)
class Person:
    """A person of the demo. `seats` says at which practices, as what, with which functions.

    Who is pending asks to join the practice `asks_at`, and did so `days_ago`.
    """

    user_id: str
    name: str
    email: str
    mobile: str
    role: str
    population: str = "provider"
    two_factors: bool = False
    seats: tuple[tuple[str, bool, tuple[str, ...]], ...] = ()
    asks_at: str = "org_northfield"
    days_ago: int = 0


AUDITOR = "auditor"
NORTHFIELD, LAKESIDE, HILLTOP, HARBOR = "org_northfield", "org_lakeside", "org_hilltop", "org_harbor"
LEDGER = "org_ledger"

PRACTICES = (
    Practice(NORTHFIELD, "Northfield Family Medicine", "521000013", "1234567893", "(202) 555-0101"),
    Practice(LAKESIDE, "Lakeside Dental Group", "521000021", "1487654323", "(202) 555-0102"),
    Practice(
        "org_riverbend", "Riverbend Behavioral Health", "521000039", "1500011113", "(202) 555-0103", managed=False
    ),
    Practice(HILLTOP, "Hilltop Imaging", "521000047", "1600022226", "(202) 555-0104", contracted=False),
    Practice(
        "org_meadow",
        "Meadow Physical Therapy",
        "521000054",
        "1700033339",
        "(202) 555-0105",
        contracted=False,
        claim_submitted=False,
        managed=False,
    ),
    Practice(HARBOR, "Harbor Care Companions", None, None, "(202) 555-0106", contracted=False),
    Practice(LEDGER, "Ledger Line Billing", "521000062", "1800044442", "(202) 555-0107", kind="billing_company"),
)

PEOPLE = (
    Person(
        "alice.moreno",
        "Alice Moreno",
        "alice.moreno@northfield.example",
        "+12025550111",
        "access_manager",
        two_factors=True,
        seats=((NORTHFIELD, True, EVERYTHING),),
    ),
    Person(
        "david.chen",
        "David Chen",
        "david.chen@northfield.example",
        "+12025550112",
        "access_manager",
        two_factors=True,
        seats=((NORTHFIELD, True, BILLING),),
    ),
    Person(
        "priya.nair",
        "Priya Nair",
        "priya.nair@northfield.example",
        "+12025550113",
        "member",
        seats=((NORTHFIELD, False, FRONT_DESK),),
    ),
    Person(
        "nora.lindqvist",
        "Nora Lindqvist",
        "nora.lindqvist@lakeside.example",
        "+12025550121",
        "access_manager",
        two_factors=True,
        seats=((LAKESIDE, True, EVERYTHING),),
    ),
    Person(
        "tess.alvarez",
        "Tess Alvarez",
        "tess.alvarez@billing.example",
        "+12025550122",
        "member",
        seats=((NORTHFIELD, False, BILLING), (LAKESIDE, False, BILLING)),
    ),
    Person(
        "omar.haddad",
        "Omar Haddad",
        "omar.haddad@hilltop.example",
        "+12025550131",
        "access_manager",
        two_factors=True,
        seats=((HILLTOP, True, NOT_CONTRACTED),),
    ),
    Person(
        "grace.okafor",
        "Grace Okafor",
        "grace.okafor@harbor.example",
        "+12025550141",
        "access_manager",
        two_factors=True,
        seats=((HARBOR, True, NOT_CONTRACTED),),
    ),
    Person(
        "hugo.brandt",
        "Hugo Brandt",
        "hugo.brandt@ledgerline.example",
        "+12025550151",
        "access_manager",
        two_factors=True,
        seats=((LEDGER, True, ()),),
    ),
    Person(
        "ada.quinn",
        "Ada Quinn",
        "ada.quinn@ledgerline.example",
        "+12025550152",
        "member",
        seats=((LEDGER, False, ()),),
    ),
    Person("sam.porter", "Sam Porter", "sam.porter@northfield.example", "+12025550114", "pending"),
    # What makes the desk worth looking at: managers who stayed silent for three weeks, and an office without a TIN.
    Person(
        "lena.fischer",
        "Lena Fischer",
        "lena.fischer@lakeside.example",
        "+12025550123",
        "pending",
        asks_at=LAKESIDE,
        days_ago=21,
    ),
    Person("mateo.silva", "Mateo Silva", "mateo.silva@harbor.example", "+12025550142", "pending", asks_at=HARBOR),
    Person("rosa.ramirez", "Rosa Ramirez", "rosa.ramirez@payer.example", "+12025550191", "desk", "staff", True),
    Person("ines.olsen", "Ines Olsen", "ines.olsen@payer.example", "+12025550192", "desk", "staff", True),
    Person("kim.tanaka", "Kim Tanaka", "kim.tanaka@payer.example", "+12025550193", "operator", "staff", True),
    Person("victor.lang", "Victor Lang", "victor.lang@payer.example", "+12025550194", AUDITOR, "staff", True),
)
