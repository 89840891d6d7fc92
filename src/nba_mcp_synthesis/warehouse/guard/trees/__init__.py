"""The gate of engines that have no parser here: what runs is written anew from a tree of reviewed parts."""
