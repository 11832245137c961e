# The same questions that decide() asks of this population: is the purpose live, does a refusal
# cover it, is there a proven and unexpired consent for the address, is the person restricted.
package izin

default allow := false

allow if {
	input.channel in data.purposes[input.purpose].channels
	not input.person.restricted
	not refused
	consented
}

refused if {
	some refusal in input.person.refusals
	covers(refusal)
}

covers(refusal) if {
	matches(refusal.channel, input.channel)
	matches(refusal.purpose, input.purpose)
}

matches(own, _) if own == "any"

matches(own, asked) if own == asked

consented if {
	some consent in input.person.consents
	consent.purpose == input.purpose
	consent.channel == input.channel
	consent.proven
	input.now < consent.at + data.purposes[input.purpose].lasts
}
