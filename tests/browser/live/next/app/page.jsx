import { Page } from "./client.jsx";

export default function News() {
  return <Page towns={3} />;
}
