from django.core.management.base import BaseCommand

from marketplace.partnerships import hosts


class Command(BaseCommand):
    help = (
        "Looks again for the proofs of agencies' sites: those that nobody looked at for a month, and those that were "
        "missing the last time. A proof that is missing for 14 days ends. Run it once a day."
    )

    def handle(self, *args, **options) -> None:
        for host in hosts.look_again():
            state = "proved" if host.missing_since is None and host.is_proven else "missing" if host.is_proven else "ended"
            self.stdout.write(f"{host.agency.code} {host.host}: {host.found}, {state}")
