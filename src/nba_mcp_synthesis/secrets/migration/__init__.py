"""Migration: secrets of files and variables go to AWS Secrets Manager, and are compared with what is there."""
