// A page as Vue sites write it: interpolations, a list, and HTML that comes from elsewhere (v-html).
import { createSSRApp, h, onMounted, ref } from "vue";

const WORD = "zorbulation";

const App = {
  props: ["towns"],
  setup(props) {
    const text = ref(`The first ${WORD} was short.`);
    const items = ref(["north", "south"]);
    onMounted(() => {
      window.update = (now) => { text.value = now; };
      window.grow = (count) => { items.value = [...items.value, ...Array.from({ length: count }, (_, nth) => `new ${nth}`)]; };
      window.hydrated = true;
    });
    return () => h("main", { id: "main" }, [
      h("h1", `News of ${props.towns} towns`),
      h("p", { id: "mixed" }, ["The ", WORD, ` of ${props.towns} towns began `, h("b", "today"), ", as planned."]),
      h("p", { id: "plain", innerHTML: "The zorbulation <i>began</i>." }),
      h("p", { id: "text" }, text.value),
      h("ul", { id: "items" }, items.value.map((item) => h("li", { key: item }, `${item} ${WORD}`))),
      h("p", { id: "slow" }, "A borogrove treaty was signed."),
      h("form", [h("textarea", { value: "a secret zorbulation" }), h("input", { type: "password", value: "zorbulation" })]),
    ]);
  },
};

export const create = () => createSSRApp(App, { towns: 3 });
