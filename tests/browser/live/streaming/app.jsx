// A page that comes in two parts: its frame at once, with a boundary that waits, and what was waited for after a while.
import { Suspense, useEffect, useState } from "react";

const WORD = "zorbulation";

function Slow({ slow }) {
  const words = slow();
  return <p id="slow">{words} was {"signed"}.</p>;
}

export function App({ towns, slow }) {
  const [text, setText] = useState(`The first ${WORD} was short.`);
  const [items, setItems] = useState(["north", "south"]);
  useEffect(() => {
    window.update = setText;
    window.grow = (count) => setItems((old) => [...old, ...Array.from({ length: count }, (_, nth) => `new ${nth}`)]);
    window.hydrated = true;
  }, []);
  return (
    <main id="main">
      <h1>News</h1>
      <p id="mixed">The {WORD} of {towns} towns began <b>today</b>, {"as planned"}.</p>
      <p id="plain">The zorbulation began.</p>
      <p id="text">{text}</p>
      <ul id="items">{items.map((item) => <li key={item}>{item} {WORD}</li>)}</ul>
      <Suspense fallback={<p>…</p>}><Slow slow={slow} /></Suspense>
    </main>
  );
}
