// Prettier for JavaScript and XML, with the settings Odoo addons commonly use.
export default {
    bracketSpacing: false,
    printWidth: 100,
    tabWidth: 4,
    semi: true,
    trailingComma: "es5",
    plugins: ["@prettier/plugin-xml"],
    xmlWhitespaceSensitivity: "strict",
    xmlSelfClosingSpace: true,
};
