/// The style sheet of the report: one page, light or dark as the reader's system is, and for paper.
///
/// Text has a contrast of at least 4.5 to 1 against its ground in both; states of a map differ in their
/// pattern as well as in their colour.
enum ReportStyle {
  static let sheet: Markup = """
    :root{color-scheme:light dark;
    --paper:#fbfaf7;--ink:#1d2426;--quiet:#5a6467;--line:#e0ddd5;--soft:#f2f0ea;--accent:#0f6170;--good:#1f6b4a;--bad:#b3261e;--warn:#8a5a00;
    --r1:#dbe9e6;--r2:#bfdcd8;--r3:#9fcbc8;--r4:#7cb6b6;--r5:#589ea2;--r6:#37838b;--r7:#1c6873;--r8:#0a4b58;
    --hollow:#d5d1c7;--grey:#a9a69d}
    @media screen and (prefers-color-scheme:dark){:root{
    --paper:#14181a;--ink:#e6e8e6;--quiet:#9ba5a6;--line:#2b3235;--soft:#1b2124;--accent:#7fc8cf;--good:#7fcba4;--bad:#ff8a7a;--warn:#e0b25c;
    --r1:#1c3539;--r2:#20474d;--r3:#265b62;--r4:#2f7179;--r5:#3f8b92;--r6:#5aa6ab;--r7:#85c4c5;--r8:#bfe6e2;
    --hollow:#394144;--grey:#5d6669}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 -apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
    main{max-width:1080px;margin:0 auto;padding:56px 36px 72px}
    a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:3px}
    h1,h2,h3{line-height:1.2;font-weight:600;text-wrap:balance;margin:0}
    h1{font-size:38px;letter-spacing:-.02em;overflow-wrap:anywhere}
    h2{font-size:21px;letter-spacing:-.01em;margin:64px 0 8px;padding-top:20px;border-top:1px solid var(--line)}
    .figures+section h2{border-top:0;margin-top:28px}
    h3{font-size:17px;overflow-wrap:anywhere}
    h4{font-size:13px;font-weight:600;color:var(--quiet);margin:22px 0 6px}
    p{margin:0 0 14px;max-width:44em}
    .over{font-size:13px;color:var(--quiet);margin:0 0 8px;letter-spacing:.02em}
    .quiet{color:var(--quiet)}
    .bad{color:var(--bad)}.good{color:var(--good)}.warn{color:var(--warn)}
    code{font:.92em/1.4 ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:0;margin:40px 0 0;padding:0;border-top:1px solid var(--line);border-bottom:1px solid var(--line)}
    .figures div{padding:18px 18px 16px 0}
    .figures dt{font-size:13px;color:var(--quiet)}
    .figures dd{margin:4px 0 0;font-size:29px;line-height:1.15;letter-spacing:-.02em;font-weight:600;white-space:nowrap}
    .figures dd small{display:block;font-size:13px;font-weight:400;letter-spacing:0;color:var(--quiet);margin-top:5px;white-space:normal}
    .scroll{overflow-x:auto;margin:0 -36px;padding:4px 36px 10px}
    .scroll:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
    table{border-collapse:collapse;width:100%;font-size:14px}
    th{font-weight:500;font-size:13px;color:var(--quiet);text-align:left;white-space:nowrap;vertical-align:bottom}
    th,td{padding:8px 18px 8px 0;border-bottom:1px solid var(--line)}
    th:last-child,td:last-child{padding-right:0}
    td{white-space:nowrap}
    td.n,th.n{text-align:right}
    tbody th{color:var(--ink);font-size:14px}
    tfoot td,tfoot th{border-bottom:0;color:var(--ink);font-weight:600}
    table.narrow{width:auto;min-width:min(100%,480px)}
    .bar{display:inline-block;vertical-align:middle;width:84px;height:6px;margin-right:10px}
    .share{display:inline-block;min-width:3.1em}.bar rect{fill:var(--hollow)}.bar rect+rect{fill:var(--r6)}
    ul.notes{list-style:none;margin:0;padding:0;max-width:56em}
    ul.notes li{padding:9px 0 9px 18px;border-bottom:1px solid var(--line);position:relative}
    ul.notes li::before{content:"";position:absolute;left:0;top:17px;width:7px;height:7px;border-radius:50%;background:var(--warn)}
    ul.notes li{color:inherit}ul.notes li:last-child{border-bottom:0}ul.notes li.bad::before{background:var(--bad)}
    article{margin:40px 0 0}
    article header{display:flex;flex-wrap:wrap;gap:4px 18px;align-items:baseline;margin-bottom:6px}
    article header p{margin:0;max-width:none}
    figure{margin:0}
    .map{display:block;overflow:visible}
    .map text,.key{font:11px/1.3 -apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--quiet);font-variant-numeric:tabular-nums}
    .map .side{text-anchor:end}
    .r1{fill:var(--r1)}.r2{fill:var(--r2)}.r3{fill:var(--r3)}.r4{fill:var(--r4)}.r5{fill:var(--r5)}.r6{fill:var(--r6)}.r7{fill:var(--r7)}.r8{fill:var(--r8)}
    .empty{fill:none;stroke:var(--hollow)}
    .unproven{fill:url(#dots);stroke:var(--hollow)}
    .unavailable{fill:url(#lines)}
    .expired{fill:url(#rules);stroke:var(--hollow)}
    .missing{fill:url(#hatch);stroke:var(--bad)}
    .partly{fill:url(#half);stroke:var(--bad)}
    .unsettled{fill:none;stroke:var(--grey);stroke-dasharray:2 2}
    .mp{stroke:var(--bad)}.mg{stroke:var(--grey)}.mw{fill:var(--warn)}
    .legend{display:flex;flex-wrap:wrap;gap:8px 22px;font-size:13px;color:var(--quiet);margin:14px 0 0;padding:0;list-style:none}
    .legend svg{vertical-align:-2px;margin-right:7px;overflow:visible}
    dl.facts{display:grid;grid-template-columns:minmax(120px,290px) 1fr;gap:0;margin:14px 0 0;font-size:14px}
    dl.facts dt,dl.facts dd{margin:0;padding:8px 0;border-bottom:1px solid var(--line)}
    dl.facts dt{color:var(--quiet);padding-right:18px}
    dl.facts dd{overflow-wrap:anywhere}
    dl.facts.checked{grid-template-columns:minmax(120px,290px) 1fr auto}
    dl.facts.checked dd+dd{padding-left:18px;text-align:right}
    section>h3{margin:34px 0 6px}
    details{margin:14px 0 0}summary{cursor:pointer;color:var(--accent);width:fit-content}
    footer{margin-top:64px;font-size:13px;color:var(--quiet)}
    @media (max-width:720px){main{padding:32px 18px 48px}h1{font-size:29px}h2{margin-top:52px}
    .scroll{margin:0 -18px;padding:4px 18px 10px}.figures{grid-template-columns:1fr 1fr}.figures dd{font-size:23px}
    .figures div{padding:14px 12px 12px 0}dl.facts,dl.facts.checked{grid-template-columns:1fr}dl.facts.checked dt+dd{border-bottom:0;padding-bottom:0}dl.facts.checked dd+dd{padding:2px 0 8px;text-align:left}dl.facts dt{border-bottom:0;padding-bottom:0}dl.facts dd{padding-top:2px}}
    @media print{:root{color-scheme:light;--paper:#fff}body{font-size:12px}main{max-width:none;padding:0}table,th,tbody th{font-size:11px}th,td{padding:4px 10px 4px 0}.bar{display:none}.scroll{overflow:visible;margin:0;padding:0}
    .map{max-width:100%;height:auto}article,tr,figure{break-inside:avoid}h2,h3,h4{break-after:avoid}h2{margin-top:36px}
    rect{-webkit-print-color-adjust:exact;print-color-adjust:exact}a{color:inherit;text-decoration:none}}
    """

  /// Patterns that every map of the page refers to; they take no room.
  static let patterns: Markup = """
    <svg width="0" height="0" style="position:absolute" aria-hidden="true" focusable="false"><defs>
    <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="mp" d="M0 0v4" stroke-width="2"/></pattern>
    <pattern id="half" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="mp" d="M0 0v6" stroke-width="1.2"/></pattern>
    <pattern id="lines" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><path class="mg" d="M0 0v4" stroke-width="1.4"/></pattern>
    <pattern id="rules" width="4" height="4" patternUnits="userSpaceOnUse"><path class="mg" d="M0 2h4" stroke-width="1"/></pattern>
    <pattern id="dots" width="4" height="4" patternUnits="userSpaceOnUse"><circle class="mw" cx="2" cy="2" r=".9"/></pattern>
    </defs></svg>

    """
}
