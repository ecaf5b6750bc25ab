/**
 * What is a definition, in each grammar's own words: tree-sitter queries whose captures are `@whole` or `@container`
 * (see `Definition`) and `@name`.
 */
import type { Grammar } from './languages';

const functionValue = '[(arrow_function) (function_expression) (generator_function)]';

const javascript = `
(function_declaration name: (_) @name) @whole
(generator_function_declaration name: (_) @name) @whole
(class_declaration name: (_) @name) @container
(class name: (_) @name) @container
(method_definition name: (_) @name) @whole
(variable_declarator name: (identifier) @name value: ${functionValue}) @whole
(variable_declarator name: (identifier) @name value: (class)) @container
(assignment_expression left: [(identifier) (member_expression)] @name right: ${functionValue}) @whole
(pair key: (_) @name value: ${functionValue}) @whole`;

const typescript = `${javascript}
(abstract_class_declaration name: (_) @name) @container
(interface_declaration name: (_) @name) @whole
(enum_declaration name: (_) @name) @whole
(type_alias_declaration name: (_) @name) @whole
(function_signature name: (_) @name) @whole
(abstract_method_signature name: (_) @name) @whole
(internal_module name: (_) @name) @container
(module name: (_) @name) @container
(public_field_definition name: (_) @name value: ${functionValue}) @whole`;

export const definitionQueries: Readonly<Record<Grammar, string>> = {
  bash: '(function_definition name: (_) @name) @whole',
  'c-sharp': `
(namespace_declaration name: (_) @name) @container
(class_declaration name: (_) @name) @container
(struct_declaration name: (_) @name) @container
(record_declaration name: (_) @name) @container
(interface_declaration name: (_) @name) @container
(enum_declaration name: (_) @name) @whole
(delegate_declaration name: (_) @name) @whole
(method_declaration name: (_) @name) @whole
(constructor_declaration name: (_) @name) @whole
(property_declaration name: (_) @name) @whole`,
  cpp: `
(function_definition declarator: (_) @name) @whole
(class_specifier name: (_) @name body: (_)) @container
(struct_specifier name: (_) @name body: (_)) @container
(union_specifier name: (_) @name body: (_)) @whole
(enum_specifier name: (_) @name body: (_)) @whole
(namespace_definition name: (_) @name) @container
(preproc_function_def name: (_) @name) @whole`,
  css: `
(rule_set (selectors) @name) @whole
(keyframes_statement (keyframes_name) @name) @whole`,
  go: `
(function_declaration name: (_) @name) @whole
(method_declaration name: (_) @name) @whole
(type_declaration (type_spec name: (_) @name)) @whole`,
  ini: '(section (section_name (text) @name)) @whole',
  java: `
(class_declaration name: (_) @name) @container
(interface_declaration name: (_) @name) @container
(record_declaration name: (_) @name) @container
(enum_declaration name: (_) @name) @container
(annotation_type_declaration name: (_) @name) @whole
(method_declaration name: (_) @name) @whole
(constructor_declaration name: (_) @name) @whole`,
  javascript: `${javascript}
(field_definition property: (_) @name value: ${functionValue}) @whole`,
  php: `
(function_definition name: (_) @name) @whole
(class_declaration name: (_) @name) @container
(interface_declaration name: (_) @name) @container
(trait_declaration name: (_) @name) @container
(enum_declaration name: (_) @name) @container
(method_declaration name: (_) @name) @whole`,
  powershell: `
(function_statement (function_name) @name) @whole
(class_statement (simple_name) @name) @container
(class_method_definition (simple_name) @name) @whole
(enum_statement (simple_name) @name) @whole`,
  python: `
(function_definition name: (_) @name) @whole
(class_definition name: (_) @name) @container`,
  ruby: `
(method name: (_) @name) @whole
(singleton_method name: (_) @name) @whole
(class name: (_) @name) @container
(module name: (_) @name) @container`,
  rust: `
(function_item name: (_) @name) @whole
(function_signature_item name: (_) @name) @whole
(impl_item type: (_) @name) @container
(trait_item name: (_) @name) @container
(mod_item name: (_) @name body: (_)) @container
(struct_item name: (_) @name) @whole
(enum_item name: (_) @name) @whole
(union_item name: (_) @name) @whole
(type_item name: (_) @name) @whole
(macro_definition name: (_) @name) @whole`,
  tsx: typescript,
  typescript,
};
