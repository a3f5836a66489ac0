export { videos } from "./clients/videos";
