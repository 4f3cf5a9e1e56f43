package yaml

import (
	"strconv"
	"strings"
)

// scalar makes the node of a scalar. One in quotes is a string.
func (p *parser) scalar(text string, quoted bool, line int, props properties) Node {
	n := p.value(String, line)
	p.count(size{text: len(text)})
	n.Text = text
	if quoted && props.tag != "!!int" && props.tag != "!!float" && props.tag != "!!bool" && props.tag != "!!null" ||
		props.tag == strTag || props.tag == "!" || props.tag == "!!timestamp" {
		return n
	}
	switch text {
	case "", "~", "null", "Null", "NULL":
		n.Kind, n.Text = Null, ""
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		n.Kind, n.Text = Bool, "true"
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		n.Kind, n.Text = Bool, "false"
	default:
		number, found := number(text)
		switch {
		case found && number == "":
			p.failAt(line, "%s is no number in JSON; put it in quotes", text)
		case found:
			n.Kind, n.Text = Number, number
		}
	}
	return n
}

// number returns a number as JSON writes it. It is empty for one that JSON does not have.
func number(text string) (string, bool) {
	switch text[0] {
	case '.', '+', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
	default:
		return "", false
	}
	switch strings.TrimLeft(text, "+-") {
	case ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN":
		return "", true
	}
	digits := text
	if text[0] != '.' {
		digits = strings.ReplaceAll(text, "_", "")
	}
	if i, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return strconv.FormatInt(i, 10), true
	}
	if u, err := strconv.ParseUint(digits, 0, 64); err == nil {
		return strconv.FormatUint(u, 10), true
	}
	if after, binary := strings.CutPrefix(digits, "0b"); binary {
		// kubectl allows a sign behind 0b too.
		i, err := strconv.ParseInt(after, 2, 64)
		return strconv.FormatInt(i, 10), err == nil
	}
	if strings.Trim(digits, "+-.eE0123456789") != "" {
		return "", false
	}
	f, err := strconv.ParseFloat(digits, 64)
	return strconv.FormatFloat(f, 'g', -1, 64), err == nil
}
