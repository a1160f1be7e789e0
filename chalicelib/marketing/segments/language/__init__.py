"""The language of conditions, in layers: what fields there are, reading, the meaning of times, compiling, saying it in words.

::

    {"all": [{"field": "consent.marketing_email", "op": "is", "value": "granted"},
             {"any": [{"field": "contact.tag", "op": "is", "value": "webinar"},
                      {"field": "score.total", "op": "at_least", "value": 30}]},
             {"none": [{"field": "campaign.opened", "op": "did", "value": {"period": {"in_last": {"amount": 30, "unit": "day"}}}}]}]}

docs/segments.md tells it to whoever writes conditions.
"""
