/** All of them at once, for the administration; what viewers load first imports single ones, to stay light. */
export { auth } from "./auth";
export { browse } from "./browse";
export { collections } from "./collections";
export { content } from "./content";
export { gifts } from "./gifts";
export { guide } from "./guide";
export { history } from "./history";
export { library } from "./library";
export { livetv } from "./livetv";
export { orders } from "./orders";
export { people } from "./people";
export { playSessions } from "./playSessions";
export { playback } from "./playback";
export { rights } from "./rights";
export { search } from "./search";
export { users } from "./users";
export { videos } from "./videos";
