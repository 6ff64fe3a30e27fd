"""The simulated Windows hosts on the wire: WS-Man over HTTP, NTLM, Negotiate and basic, remote shells."""
