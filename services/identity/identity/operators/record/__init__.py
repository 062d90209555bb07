"""The audit, read. Owns: filters, paging, the form of an export that is safe in spreadsheets. Offers: `reading`, pages,
API. Refuses to know: how entries are written, sealed and verified (`shared.audit`).
"""
