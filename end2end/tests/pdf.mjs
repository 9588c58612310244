// PDFs that pretend: pages of somebody else around what a genuine certificate carries, and a file of a stranger.

const page = (parent, contents) =>
  `<</Type/Page/Parent ${parent}/MediaBox[0 0 595 842]/Contents ${contents} 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>`;

const text = (words) => {
  const drawn = `BT /F1 18 Tf 60 760 Td (${words}) Tj ET`;
  return `<</Length ${drawn.length}>>\nstream\n${drawn}\nendstream`;
};

/** The first page replaced by another, as any editor saves it: appended, with everything attached left as it is. */
export function withOtherPages(pdf, words) {
  const source = pdf.toString('latin1');
  const [, number, parent] =
    [...source.matchAll(/(?:^|\n)(\d+) 0 obj\s*<<((?:(?!endobj)[\s\S])*?)\/Type\s*\/Page(?![a-zA-Z])((?:(?!endobj)[\s\S])*?)endobj/g)]
      .map(([whole, found]) => [whole, found, /\/Parent\s+(\d+ 0 R)/.exec(whole)?.[1] ?? ''])[0] ?? [];
  const root = /\/Root\s+(\d+ 0 R)/.exec(source)?.[1];
  const before = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(source)?.[1];
  const size = Number(/\/Size\s+(\d+)/.exec(source)?.[1]);
  if (!number || !parent || !root || !before || !size) throw new Error('this PDF has no page that could be replaced');
  let appended = '\n';
  const places = [];
  for (const [name, body] of [[Number(number), page(parent, size)], [size, text(words)]]) {
    places.push([name, String(pdf.length + appended.length).padStart(10, '0')]);
    appended += `${name} 0 obj\n${body}\nendobj\n`;
  }
  const table = pdf.length + appended.length;
  appended += `xref\n${places.map(([name, at]) => `${name} 1\n${at} 00000 n \n`).join('')}`;
  appended += `trailer\n<</Size ${size + 1}/Root ${root}/Prev ${before}>>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.concat([pdf, Buffer.from(appended, 'latin1')]);
}

/** A PDF that has nothing to do with anybody here. */
export function foreign(words) {
  const objects = ['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[3 0 R]/Count 1>>', page('2 0 R', 4), text(words)];
  let file = '%PDF-1.4\n';
  const places = objects.map((body, place) => {
    const at = String(file.length).padStart(10, '0');
    file += `${place + 1} 0 obj\n${body}\nendobj\n`;
    return `${at} 00000 n \n`;
  });
  const table = file.length;
  file += `xref\n0 5\n0000000000 65535 f \n${places.join('')}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
