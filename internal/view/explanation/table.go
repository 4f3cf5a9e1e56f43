package explanation

import "strings"

// table writes rows under a heading, without the columns that are empty.
func (t *text) table(rows [][]string) {
	t.line("")
	var kept [][]string
	for _, row := range rows {
		var cells []string
		for column, cell := range row {
			if filled(rows[1:], column) {
				cells = append(cells, cell)
			}
		}
		kept = append(kept, cells)
	}
	t.aligned(kept)
}

func filled(rows [][]string, column int) bool {
	for _, row := range rows {
		if row[column] != "" {
			return true
		}
	}
	return false
}

// aligned writes rows in columns.
func (t *text) aligned(rows [][]string) {
	var widths []int
	for _, row := range rows {
		for column, cell := range row {
			if column == len(widths) {
				widths = append(widths, 0)
			}
			widths[column] = max(widths[column], len(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for column, cell := range row {
			line.WriteString("  " + cell + strings.Repeat(" ", widths[column]-len(cell)))
		}
		t.line(strings.TrimRight(line.String(), " "))
	}
}
