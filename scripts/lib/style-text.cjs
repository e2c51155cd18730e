const util = require('node:util');

/** Node has util.styleText from 20.12 on; plain text does for a program whose output is only shown when it fails. */
util.styleText ??= (_format, text) => text;
