"""The worker: takes changes from the queue of the service and models them with the runner, as the command line does.

Two processes. The keeper (`keep`) is small: it says that it lives, sets the limits of time and memory, and starts the
other anew when that has ended. The modeller (`model`) keeps the plan warm and does one job after another. So a job that
hangs or devours memory is ended from outside, and is told at once.
"""
