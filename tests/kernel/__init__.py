"""Tests of the kernel: with a small library of papers instead of a business."""
