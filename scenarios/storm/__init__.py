"""The whole-system storm: callers, two gateways, Cal.com and a network, all of which may fail, judged at the end."""
