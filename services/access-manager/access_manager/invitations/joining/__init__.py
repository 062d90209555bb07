"""Where an invited person says yes. Owns: the pages behind the link, the letter that opens an account, the acceptance.

Offers: `accept`, pages, the job that writes to people, what happens when an account opens. Refuses to know: who may
invite, and how somebody proves who they are; identity says whose address it is.
"""
