"""For ``mitmdump -s $(glossator addon-path)``."""

from proxy_addon.addon import Glossator

addons = [Glossator()]
