"""For ``mitmdump -s $(glossator addon-path)``."""

from proxy_addon.addon import Glossator
from proxy_addon.machine.connections import Connections
from proxy_addon.machine.doorway import Doorway

glossator = Glossator()
addons = [glossator, Connections(glossator.opens), Doorway(lambda: glossator.service_port, glossator.shows)]
