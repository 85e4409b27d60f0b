"""What Trailwright is measured against: each module is a program, written as its author would.

None imports `simulator`, and the modules that make records start nothing but what they need:
the time to start is a part of what is measured.
"""
