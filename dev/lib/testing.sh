cmd_test(){ :; }; cmd_lint(){ :; }; cmd_demo(){ :; }
