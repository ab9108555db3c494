/** How the page of a report looks: on light and dark screens, on phones, on paper. @module */
import { dark, light, variables } from "./charts/palette.ts";

/** The width from which on figures are drawn wide, in CSS pixels. */
const WIDE = 640;

export const style = `
:root{color-scheme:light;${variables(light)};
--sans:"Inter","Segoe UI Variable Text","Segoe UI",system-ui,-apple-system,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif;
--serif:Charter,"Bitstream Charter","Iowan Old Style","Sitka Text",Cambria,"Noto Serif","Liberation Serif",Georgia,serif}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;${variables(dark)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.6 var(--serif);overflow-wrap:break-word}
main{max-width:44rem;margin:0 auto;padding:3.5rem 1.25rem 5rem}
h1,h2,nav,table,figcaption,details,dl,.quick,.eyebrow,.figure-title{font-family:var(--sans)}
h1{font-size:2.05rem;line-height:1.18;letter-spacing:-.018em;font-weight:650;margin:.2rem 0 .7rem;text-wrap:balance}
h2{font-size:1.3rem;line-height:1.3;letter-spacing:-.01em;font-weight:650;margin:3.2rem 0 .7rem}
p{margin:0 0 1rem;text-wrap:pretty}
a{color:var(--link)}
.eyebrow{margin:0;color:var(--muted);font-size:.8rem;letter-spacing:.06em;text-transform:uppercase}
.question{color:var(--muted);font-style:italic;font-size:1.12rem;line-height:1.5;margin-bottom:1.6rem}
.quick{background:var(--notice-ground);color:var(--notice-ink);border:1px solid var(--notice-edge);border-radius:6px;padding:.65rem .95rem;font-size:.92rem;line-height:1.5}
.verdict{margin:2rem 0 0;padding:1.15rem 1.4rem .5rem;background:var(--panel);border-left:4px solid var(--series-0);border-radius:0 6px 6px 0}
.verdict h2{margin:0 0 .5rem;font-size:1.05rem}
.verdict ul{margin:0;padding:0;list-style:none}
.verdict li{margin:0 0 .7rem;line-height:1.5;text-wrap:pretty}
.verdict li:first-child{font-size:1.16rem;line-height:1.45}
.verdict li+li{padding-left:1.1rem;position:relative}
.verdict li+li::before{content:"–";position:absolute;left:0;color:var(--muted)}
nav{margin:1.6rem 0 0;font-size:.9rem;line-height:1.9}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:0 1.2rem;margin:0;padding:0}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
figure,.table{margin:1.9rem 0 2.2rem}
.figure-title{font-size:.95rem;line-height:1.45;font-weight:650;text-align:left}
.figure-title{margin:0 0 .7rem}
.number{color:var(--muted);font-weight:500}
figcaption,.note{font-family:var(--sans);color:var(--muted);font-size:.87rem;line-height:1.5;margin:.6rem 0 0}
.chart{display:block;width:100%;height:auto;margin:0 0 .5rem;overflow:visible;font:12px var(--sans);font-variant-numeric:tabular-nums;color:var(--ink)}
.chart text{white-space:pre}
.narrow{display:none}
.box>p{max-width:41.5rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem;line-height:1.4;font-variant-numeric:tabular-nums lining-nums;width:100%;border-bottom:1.5px solid var(--ink)}
th,td{padding:.36rem .6rem;text-align:left;vertical-align:baseline;font-weight:400}
th:first-child,td:first-child{padding-left:.25rem}
th:last-child,td:last-child{padding-right:.25rem}
thead th{border-top:1.5px solid var(--ink);border-bottom:1px solid var(--ink);font-weight:600;vertical-align:bottom}
tbody tr+tr>*{border-top:1px solid var(--line)}
tbody th{position:sticky;left:0;background:var(--paper)}
.right{text-align:right;white-space:nowrap}
.line{white-space:nowrap}
thead .right{white-space:normal}
thead span{display:inline-block;max-width:8.5rem}
.stressed>*{font-weight:650;background:var(--panel)}
details{margin:.7rem 0 0;font-size:.87rem;color:var(--muted)}
summary{cursor:pointer;width:max-content;max-width:100%}
details .box{margin-top:.6rem;color:var(--ink)}
footer{margin-top:4rem;border-top:1px solid var(--line);padding-top:.2rem}
footer h2{margin-top:1.4rem;font-size:1rem}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.28rem 1.4rem;font-size:.84rem;line-height:1.5;margin:0}
dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media screen and (min-width:46rem){
.box{width:max-content;min-width:100%;max-width:max(100%,min(62rem,50vw + 19.5rem))}
}
@media screen and (max-width:${WIDE - 1}px){
body{font-size:16px}
main{padding:2rem 1.1rem 3.5rem}
h1{font-size:1.6rem}
.verdict{padding:1rem 1.05rem .35rem}
.wide{display:none}
.narrow{display:block}
dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.5rem}
}
@media print{
@page{size:A4;margin:17mm 18mm}
body{font-size:10.5pt;line-height:1.5}
main{max-width:none;padding:0}
h1{font-size:20pt}
h2{font-size:13pt;margin-top:9mm;break-after:avoid}
nav,details{display:none}
p,li{orphans:3;widows:3}
figure,.box:has(.short),.quick,.verdict li,tr,dl>*{break-inside:avoid}
.figure-title{break-after:avoid}
.chart{break-inside:avoid;max-width:165mm;max-height:225mm;margin-inline:auto}
.verdict,.quick,.stressed>*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.scroll{overflow:visible}
table{font-size:8.5pt}
.many{font-size:6.6pt}
.many th,.many td{padding:.22rem .14rem}
tbody th{position:static}
thead{display:table-header-group}
a{color:inherit;text-decoration:none}
}
`;
