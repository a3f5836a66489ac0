import { build } from "vite"; import { gzipSync } from "node:zlib";
const r = await build({ root: process.cwd(), logLevel:"error", build:{write:false}});
const out = (r.output ?? r[0].output).filter(c=>c.type==="chunk"); const by = Object.fromEntries(out.map(c=>[c.fileName,c]));
const starts = process.argv.slice(2);
const seen = new Set(); const walk=f=>{ if(seen.has(f)||!by[f])return; seen.add(f); by[f].imports.forEach(walk)};
for (const c of out) if (c.isEntry || starts.some(s=>Object.keys(c.modules).some(m=>m.endsWith(s)) && c.facadeModuleId?.endsWith(s))) walk(c.fileName);
let t=0; const rows=[...seen].map(f=>[gzipSync(by[f].code,{level:9}).length,f]).sort((a,b)=>b[0]-a[0]); for(const [n,f] of rows){t+=n; if(n>900) console.log(n,f, Object.entries(by[f].modules).sort((a,b)=>b[1].renderedLength-a[1].renderedLength).slice(0,6).map(([k,v])=>k.split("/").pop()+":"+v.renderedLength).join(" "))}
console.log(t, rows.length);
