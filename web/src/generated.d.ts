/** What the build writes into src/generated/. */
declare module "*/generated/inset.json" {
  const drawing: { width: number; height: number; west: number; north: number; path: string };
  export default drawing;
}
