return 64; // usage: no command exists yet
