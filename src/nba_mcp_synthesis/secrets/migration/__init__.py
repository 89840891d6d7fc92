"""Migration: secrets of files and variables go to AWS Secrets Manager, and both sides are compared."""
