package main

import (
	"bytes"
	"image/color"
	"math"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// palette has colours that people with colour blindness can tell apart (Okabe and Ito).
func palette() []color.Color {
	return []color.Color{
		color.RGBA{0, 114, 178, 255}, color.RGBA{213, 94, 0, 255}, color.RGBA{0, 158, 115, 255}, color.RGBA{204, 121, 167, 255},
		color.RGBA{230, 159, 0, 255}, color.RGBA{86, 180, 233, 255}, color.RGBA{0, 0, 0, 255},
	}
}

// draw writes the chart as SVG: units on a logarithmic axis, and the time for each of
// them on one that begins at zero.
func (c chart) draw(file string) error {
	p := plot.New()
	p.Title.Text = c.title
	p.X.Label.Text = c.unit + "s"
	p.Y.Label.Text = "processor time for each " + c.unit + ", µs"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.Legend.Top = true
	p.Add(plotter.NewGrid())
	highest := 0.0
	for i, curve := range c.curves {
		points := make(plotter.XYs, len(curve.counts))
		for j, n := range curve.counts {
			points[j] = plotter.XY{X: float64(n), Y: curve.perUnit(j)}
			highest = math.Max(highest, points[j].Y)
		}
		line, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			return err
		}
		line.Color, marks.Color = palette()[i%len(palette())], palette()[i%len(palette())]
		line.Width, marks.Radius = vg.Points(1.5), vg.Points(2)
		p.Add(line, marks)
		if len(c.curves) > 1 {
			p.Legend.Add(curve.name, line)
		}
	}
	// The legend is above the curves.
	p.Y.Min, p.Y.Max = 0, 1.1*highest
	if len(c.curves) > 1 {
		p.Y.Max = 1.6 * highest
	}
	const family = "Sans"
	for _, style := range []*text.Style{
		&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle,
	} {
		style.Font.Variant = family
	}
	picture, err := p.WriterTo(6*vg.Inch, 3.5*vg.Inch, "svg")
	if err != nil {
		return err
	}
	var svg bytes.Buffer
	if _, err := picture.WriteTo(&svg); err != nil {
		return err
	}
	// A reader's system need not have the font whose measures were used.
	const named, fallback = "font-family:Liberation " + family, "font-family:Liberation " + family + ",Arial,sans-serif"
	return os.WriteFile(file, bytes.ReplaceAll(svg.Bytes(), []byte(named), []byte(fallback)), 0o644)
}
