#!/bin/sh
exec /opt/stand-in/bin/python /opt/stand-in/node.py
