"""Recovery: forgotten user ID, forgotten password, lost factor.

Owns: recoveries, what was proved in each, how many may be begun, and the queue in which they are answered.
Offers: pages at `/recover`, `service.start_by_manager`, `service.start_by_desk`, the API by which access-manager
starts one. Refuses to know: how codes and factors work, and how anybody signs in; a recovery ends before that.
"""
