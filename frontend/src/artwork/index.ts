export { Avatar, Backdrop, ChannelMark, Poster, Still, type Subject } from "./artwork";
