// A page as React sites write it: text in several children, values put into sentences, lists, and a boundary for slow parts.
import { Suspense, useEffect, useState } from "react";

const WORD = "zorbulation";

export function App({ towns }) {
  const [text, setText] = useState(`The first ${WORD} was short.`);
  const [items, setItems] = useState(["north", "south"]);
  useEffect(() => {
    window.update = setText;
    window.grow = (count) => setItems((old) => [...old, ...Array.from({ length: count }, (_, nth) => `new ${nth}`)]);
    window.hydrated = true;
  }, []);
  return (
    <main id="main">
      <h1>News of {towns} towns</h1>
      <p id="mixed">The {WORD} of {towns} towns began <b>today</b>, {"as planned"}.</p>
      <p id="plain">The zorbulation began.</p>
      <p id="text">{text}</p>
      <ul id="items">{items.map((item) => <li key={item}>{item} {WORD}</li>)}</ul>
      <Suspense fallback={<p>…</p>}><p id="slow">A borogrove treaty was {"signed"}.</p></Suspense>
      <form><textarea defaultValue="a secret zorbulation" /><input type="password" defaultValue="zorbulation" /></form>
    </main>
  );
}
