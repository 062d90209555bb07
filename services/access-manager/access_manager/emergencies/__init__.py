"""Emergency access: what a member may take up for a short time when it cannot wait. Owns: what an organization listed
for emergencies, and every use of it. Offers: begin, end, review, announce. Refuses to know: how access is given for
good, and who is a manager; nothing here can change that.
"""
