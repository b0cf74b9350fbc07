// Stands for `node:child_process` in the packs of servers, which start no other programs.
'use strict'
module.exports = {}
