function e(e){let n=[],r=[],i=``,a=!1,o=1,s=1,c=e.replace(/^\uFEFF/,``),l=t(c),u=()=>{r.push(i),(r.length>1||r[0]!==``)&&n.push({line:s,cells:r}),r=[],i=``,s=o};for(let e=0;e<c.length;e+=1){let t=c[e];t===`
`&&(o+=1),a?t===`"`?c[e+1]===`"`?(i+=`"`,e+=1):a=!1:i+=t:t===`"`&&i===``?a=!0:t===l?(r.push(i),i=``):t===`
`?u():t!==`\r`&&(i+=t)}return(i!==``||r.length>0)&&u(),n}function t(e){let t=e.slice(0,e.indexOf(`
`)<0?void 0:e.indexOf(`
`));return[`,`,`;`,`	`].reduce((e,n)=>t.split(n).length>t.split(e).length?n:e)}function n(e){let t=e=>{let t=/^[=+\-@\t\r]/.test(e)&&!/^-?\d+([.,]\d+)?$/.test(e)?`'${e}`:e;return/[",\n\r;]/.test(t)?`"${t.replaceAll(`"`,`""`)}"`:t};return`${e.map(e=>e.map(t).join(`,`)).join(`\r
`)}\r\n`}function r(e,t,n){let r=URL.createObjectURL(new Blob([n],{type:t})),i=document.createElement(`a`);i.href=r,i.download=e,i.click(),setTimeout(()=>URL.revokeObjectURL(r),1e4)}export{e as n,n as r,r as t};