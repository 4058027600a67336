import { FONT } from './svg'
import { themeStyles } from './theme'

/** Styles of a report. */
export const styles = `${themeStyles}
*{box-sizing:border-box}
body{margin:0 auto;padding:3rem 1.5rem 4rem;max-width:68rem;background:var(--paper);color:var(--ink);font:16px/1.55 ${FONT};font-variant-numeric:tabular-nums}
h1{margin:0;font-size:2.4rem;line-height:1.15;letter-spacing:-.02em}
h2{margin:0 0 1rem;font-size:1.2rem;letter-spacing:-.01em}
section{margin-top:3rem}
.kicker{margin:0 0 .3rem;color:var(--muted);font-size:.85rem;letter-spacing:.04em}
.lead{margin:.5rem 0 0;font-size:1.1rem}
.data{margin:.8rem 0 0;color:var(--muted);font-size:.92rem;max-width:52rem}
.note{margin:.8rem 0 0;padding:.6rem .9rem;border-left:3px solid var(--accent);background:color-mix(in srgb,var(--accent) 8%,transparent);max-width:52rem}
.figures{display:flex;flex-wrap:wrap;gap:1px;margin:2rem 0 0;background:var(--grid);border:1px solid var(--grid);border-radius:8px;overflow:hidden}
.figures div{flex:1 1 9rem;padding:.9rem 1rem;background:var(--paper)}
.figures dt{color:var(--muted);font-size:.82rem}
.figures dd{margin:.1rem 0 0;font-size:1.35rem;font-weight:600;overflow-wrap:anywhere}
.charts{display:grid;gap:2rem}
@media (min-width:46rem){.columns-2,.columns-3{grid-template-columns:1fr 1fr}}
@media (min-width:68rem){.columns-3{grid-template-columns:1fr 1fr 1fr}}
figure{margin:0}
figcaption{margin-top:.8rem;color:var(--muted);font-size:.92rem;max-width:46rem}
.plot{max-width:var(--width);min-width:0;overflow-x:auto}
.plot svg{display:block;width:100%;min-width:calc(.85*var(--width));height:auto}
@media (min-width:68rem){.plot svg{min-width:0}}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.92rem}
th,td{padding:.35rem 1.4rem .35rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--grid)}
thead th,.settings th{color:var(--muted);font-weight:500}
tfoot td{border-bottom:0;color:var(--muted)}
.settings td{overflow-wrap:anywhere}
.number{text-align:right;white-space:nowrap}
details{margin-top:2rem}
summary{cursor:pointer;font-weight:600}
details>*:not(summary){margin-top:1rem}
pre{margin:.4rem 0 0;padding:.9rem 1rem;border:1px solid var(--grid);border-radius:8px;overflow-x:auto;font:.85rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
footer{margin-top:3rem;color:var(--muted);font-size:.92rem}
footer p{margin:0}
@media (max-width:46rem){body{padding:2rem 1rem 3rem}th,td{padding-right:.9rem}}
@media print{body{max-width:none;padding:0}details{display:none}}`
