{
    "name": "Loyalty Club: benchmark",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Lets a benchmark hold and capture over HTTP; never installed anywhere else",
    "author": "Loyalty Club",
    "license": "LGPL-3",
    "depends": ["loyalty_club"],
}
