// ESLint for our JavaScript: Odoo modules run in a browser, tests of pure modules run in Node.
import js from "@eslint/js";
import globals from "globals";

export default [
    {ignores: ["node_modules/", ".club/", "**/static/lib/"]},
    js.configs.recommended,
    {
        files: ["**/*.js", "**/*.mjs"],
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: {...globals.browser, odoo: "readonly"},
        },
        linterOptions: {reportUnusedDisableDirectives: "error"},
        rules: {
            eqeqeq: "error",
            "no-console": "error",
            "no-restricted-syntax": [
                "error",
                {
                    selector: "Program > VariableDeclaration[kind!='const']",
                    message: "no mutable module globals",
                },
            ],
            "no-shadow": "error",
            "no-unused-vars": ["error", {argsIgnorePattern: "^_"}],
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
            complexity: ["error", 12],
            "max-lines": ["error", 300],
        },
    },
    {
        files: ["tests/**/*.mjs", "*.config.mjs", ".prettierrc.mjs"],
        languageOptions: {globals: globals.node},
    },
];
