"""Bytes and text in, plain values out."""
