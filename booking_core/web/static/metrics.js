// The text that Prometheus reads, as samples that can be summed.

/** `[{name, labels, value}]`. */
export function samplesOf(text) {
  const samples = [];
  for (const line of text.split("\n")) {
    const match = /^([a-zA-Z_:]\w*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (match) samples.push({ name: match[1], labels: labelsOf(match[2] ?? ""), value: Number(match[3]) });
  }
  return samples;
}

function labelsOf(text) {
  return Object.fromEntries([...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]));
}

/** The sum of a metric over all samples whose labels are as wanted. */
export function sum(samples, name, wanted = {}) {
  const fits = (labels) => Object.entries(wanted).every(([label, value]) => labels[label] === value);
  return samples.filter((sample) => sample.name === name && fits(sample.labels)).reduce((total, { value }) => total + value, 0);
}

/** The values that a label takes. */
export function values(samples, name, label) {
  return [...new Set(samples.filter((sample) => sample.name === name).map(({ labels }) => labels[label]))].sort();
}
