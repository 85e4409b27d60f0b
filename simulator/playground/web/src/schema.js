// What the scenario's JSON Schema allows at a place.

// What may stand for any value, and tells nothing: the name of a parameter.
const PARAMETER = "#/$defs/$";

export class Schema {
  constructor(root) {
    this.root = root;
  }

  // Yield the plain schemas that a schema means, given a mapping's keys where they are known.
  *alternatives(schema, keys) {
    if (!schema || typeof schema !== "object" || schema.$ref === PARAMETER) return;
    if (schema.$ref) {
      yield* this.alternatives(this.root.$defs[schema.$ref.split("/").pop()], keys);
      return;
    }
    if (schema.if) {
      const holds = keys && schema.if.required.every((name) => name in keys);
      if (!keys || holds) yield* this.alternatives(schema.then, keys);
      if (!holds) yield* this.alternatives(schema.else, keys);
      return;
    }
    const several = schema.anyOf ?? schema.oneOf;
    if (several) for (const one of several) yield* this.alternatives(one, keys);
    else yield schema;
  }

  // Return the schemas of mappings that a mapping with some keys may be.
  mappings(schemas, keys) {
    const all = schemas
      .flatMap((one) => [...this.alternatives(one, keys)])
      .filter((one) => one.properties || one.patternProperties);
    const fits = (one, isStrict) =>
      Object.entries(keys ?? {}).every(([key, value]) => {
        const member = one.properties?.[key];
        if (!member) return !isStrict || one.additionalProperties !== false;
        const constants = [...this.alternatives(member)].flatMap((each) => each.enum ?? [each.const]);
        return !value || !constants.length || constants.includes(undefined) || constants.map(String).includes(value);
      });
    // What is half written fits nothing: then whatever fits at all, or anything, may be meant.
    for (const isStrict of [true, false]) {
      const found = all.filter((one) => fits(one, isStrict));
      if (found.length) return found;
    }
    return all;
  }

  // Return the schemas of a member of a mapping.
  member(schemas, keys, key) {
    return this.mappings(schemas, keys).flatMap((one) => {
      if (one.properties && key in one.properties) return [one.properties[key]];
      const pattern = Object.entries(one.patternProperties ?? {}).find(([text]) => new RegExp(text, "u").test(key));
      return pattern ? [pattern[1]] : [];
    });
  }

  // Return the schemas of the items of a list.
  items(schemas) {
    return schemas.flatMap((one) => [...this.alternatives(one)]).flatMap((one) => (one.items ? [one.items] : []));
  }

  // Return the schemas at a place; `keysOf` tells the keys of a mapping on the way.
  at(stack, keysOf) {
    let schemas = [this.root];
    for (const one of stack) {
      if (one.kind === "list") schemas = this.items(schemas);
      else if (one.key === null) break;
      else schemas = this.member(schemas, keysOf(one), one.key);
    }
    return schemas;
  }

  // Return the keys that a mapping may have: name, description, whether one must be there.
  keys(schemas, keys) {
    const found = new Map();
    const mappings = this.mappings(schemas, keys);
    for (const one of mappings) {
      for (const [name, member] of Object.entries(one.properties ?? {})) {
        const known = found.get(name) ?? { name, count: 0, required: 0, member };
        known.count += 1;
        known.required += one.required?.includes(name) ? 1 : 0;
        found.set(name, known);
      }
    }
    return [...found.values()].map(({ name, count, required, member }) => ({
      name,
      share: count / mappings.length,
      isRequired: required === count,
      description: this.description(member),
      // Where a few of many kinds have it, it says which one is meant.
      type: this.type(member),
    }));
  }

  // Return the values that may stand at a place.
  values(schemas) {
    const found = new Map();
    const add = (value, detail) => found.has(value) || found.set(value, { value, ...detail });
    const said = [...new Set(schemas.map((one) => one.default))];
    // Where each of several kinds has its own, none is the default.
    const outer = said.length === 1 ? said.filter((one) => ["string", "number", "boolean"].includes(typeof one)) : [];
    for (const one of schemas.flatMap((each) => [...this.alternatives(each)])) {
      for (const value of one.enum ?? (one.const === undefined ? [] : [one.const])) {
        add(String(value), { description: one.description ?? "" });
      }
      if (one.type === "boolean") for (const value of ["true", "false"]) add(value, {});
      for (const value of one.examples ?? []) add(String(value), { note: "example" });
    }
    for (const value of outer) add(String(value), {});
    for (const value of outer) found.get(String(value)).note = "default";
    return [...found.values()];
  }

  // Return what each `does` means: an action's description stands at the action.
  actions(schemas) {
    const told = {};
    for (const one of schemas.flatMap((each) => [...this.alternatives(each)])) {
      for (const action of this.alternatives(one.properties?.does)) {
        for (const name of action.enum ?? [action.const]) told[name] = one.description ?? "";
      }
    }
    return told;
  }

  description(member) {
    if (member.description) return member.description;
    const [first] = this.alternatives(member);
    return first?.description ?? "";
  }

  type(member) {
    const types = [...this.alternatives(member)].map((one) => (one.properties ? "mapping" : one.type));
    return [...new Set(types.flat().filter(Boolean))].map((one) => (one === "array" ? "list" : one)).join(" or ");
  }
}
