// Elements of the page, made without ever reading text as HTML.

export function element(tag, properties, ...children) {
  const { dataset, ...others } = properties;
  const made = Object.assign(document.createElement(tag), others);
  Object.assign(made.dataset, dataset);
  made.append(...children);
  return made;
}

export const byId = (id) => document.getElementById(id);
