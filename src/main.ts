// The entry: parses arguments and loads what the verb needs.
process.stdout.write('tandem\n');
