"""The text files of the Transportation Networks for Research repository (TNTP): networks, trips, best-known flows.

A network file has metadata `<NUMBER OF ZONES> 24`, then a row for each link: from, to, capacity, length, free-flow time, B, power,
speed, toll, type, closed by `;`. A trips file has `Origin 1` and pairs `2 : 100.0;`. What cannot be read is told with file
and line, all at once.
"""
