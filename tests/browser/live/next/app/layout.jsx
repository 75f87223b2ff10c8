export const metadata = { title: "News of towns" };

export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
