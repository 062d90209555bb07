"""What waits for a manager: requests to join and requests for more in one list, the oldest first. Owns: the list, and
approving several at once after every change was shown. Offers: the first page of the console. Refuses to know: how a
single request is decided.
"""
