"""The parts of the dashboard (`admin.dashboard`): its lines, its facts with how each is counted, charts, the download."""
