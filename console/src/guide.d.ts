/** A document, rendered by the build: see `console/guide.ts`. */
declare module '*.md' {
  const html: string;
  export default html;
}
