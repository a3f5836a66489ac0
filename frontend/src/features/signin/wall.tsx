import { Poster } from "@/artwork";
import css from "./signin.module.css";

/** Motifs without titles: nothing is promised that the catalogue may not have. */
const GENRES = ["Film Noir", "Western", "Musical", "Documentary", "Animation", "Science Fiction", "War", "Fantasy", "Mystery", "History", "Family", "Adventure", "Thriller", "Romance", "Horror", "Music", "Experimental", "Short"];
const YEARS = [1928, 1947, 1968, 1989, 2012];

export function Wall() {
  return (
    <div className={css.side} aria-hidden>
      <div className={css.wall}>
        {Array.from({ length: 25 }, (_, index) => (
          <div key={index}>
            <Poster plain subject={{ title: "", id: String(index * 7), year: YEARS[(index * 3) % 5] ?? 0, type: `wall-${index}`, genres: [GENRES[(index * 5) % GENRES.length] ?? ""] }} />
          </div>
        ))}
      </div>
    </div>
  );
}
