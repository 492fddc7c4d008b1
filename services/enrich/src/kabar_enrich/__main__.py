"""`python -m kabar_enrich`: the only reader of the environment."""

import sys

if __name__ == "__main__":
    # Here and not above: each process that reads articles imports this module too, and would load for nothing what only the worker needs.
    from kabar_enrich.worker import main

    sys.exit(main())
