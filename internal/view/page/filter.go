package page

// filter writes what filters rows by their text, their state and their target. Only the script makes it visible.
func (p *printer) filter() {
	rows := len(p.problems)
	counts := map[string]int{}
	for i := range p.problems {
		counts[stateOf(&p.problems[i])]++
	}
	for _, t := range p.r.Judged() {
		c := t.Verdict.Counts
		rows += c.Total
		counts[satisfied] += c.Satisfied - c.Deprecated
		counts[skipped] += c.Skipped
	}
	if rows < 2 {
		return
	}
	p.put(`<form role="search" aria-label="Filter" hidden>
<label class="query">Filter <input type="search" name="query" autocomplete="off" spellcheck="false"></label>
`)
	if len(p.r.Targets) > 1 {
		p.put(`<label>Target <select name="target"><option value="">all</option>`)
		for i, t := range p.r.Targets {
			p.put(`<option value="%">%</option>`, number(i), p.r.Title(t))
		}
		p.put("</select></label>\n")
	}
	p.put(`<fieldset><legend class="spoken">States</legend>`)
	for _, s := range []string{failed, drifted, undetermined, deprecated, notice, satisfied, skipped} {
		if counts[s] > 0 {
			p.put(`<label class="chip %"><input type="checkbox" name="state" value="%" checked>%</label>`, s, s, s)
		}
	}
	p.put("</fieldset><output></output></form>\n")
}
