// Command render does what `helm template` does with our chart, by the same template language and the same functions, as
// far as Debian has them: Helm itself is in no package source that the tests use.
//
// usage: render CHART RELEASE NAMESPACE [VALUES-FILE]…
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

type values = map[string]interface{}

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: render CHART RELEASE NAMESPACE [VALUES-FILE]...")
		os.Exit(64)
	}
	if err := render(os.Args[1], os.Args[2], os.Args[3], os.Args[4:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func render(chart, release, namespace string, valueFiles []string) error {
	merged := values{}
	for _, file := range append([]string{filepath.Join(chart, "values.yaml")}, valueFiles...) {
		one := values{}
		if err := read(file, &one); err != nil {
			return err
		}
		merged = overlay(merged, one)
	}
	about := values{}
	if err := read(filepath.Join(chart, "Chart.yaml"), &about); err != nil {
		return err
	}
	root := values{
		"Values":  merged,
		"Release": values{"Name": release, "Namespace": namespace, "Service": "Helm", "IsInstall": true, "IsUpgrade": false},
		"Files":   files{chart},
		"Chart":   values{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
	}

	templates := template.New("chart").Option("missingkey=zero")
	templates.Funcs(functions(templates))
	names, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	if err != nil {
		return err
	}
	sort.Strings(names)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := templates.New(filepath.Base(name)).Parse(string(text)); err != nil {
			return err
		}
	}
	for _, name := range names {
		base := filepath.Base(name)
		if strings.HasPrefix(base, "_") {
			continue
		}
		var out bytes.Buffer
		if err := templates.ExecuteTemplate(&out, base, root); err != nil {
			return err
		}
		// As Helm, which leaves <no value> of an absent one in nobody's output.
		text := strings.ReplaceAll(out.String(), "<no value>", "")
		if strings.TrimSpace(text) == "" {
			continue
		}
		if base == "NOTES.txt" {
			for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
				fmt.Println("#", line)
			}
			continue
		}
		fmt.Printf("---\n# Source: %s\n%s\n", base, strings.TrimSpace(text))
	}
	return nil
}

// What Helm adds to sprig, and what it takes from it (env and expandenv would leak the machine into a release).
func functions(templates *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	all["toYaml"] = func(value interface{}) (string, error) {
		var out bytes.Buffer
		encoder := yaml.NewEncoder(&out)
		encoder.SetIndent(2)
		if err := encoder.Encode(value); err != nil {
			return "", err
		}
		return strings.TrimSuffix(out.String(), "\n"), nil
	}
	all["include"] = func(name string, data interface{}) (string, error) {
		var out bytes.Buffer
		err := templates.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	all["tpl"] = func(text string, data interface{}) (string, error) {
		one, err := templates.Clone()
		if err != nil {
			return "", err
		}
		if one, err = one.New("tpl").Parse(text); err != nil {
			return "", err
		}
		var out bytes.Buffer
		err = one.Execute(&out, data)
		return out.String(), err
	}
	all["required"] = func(warning string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, errors.New(warning)
		}
		return value, nil
	}
	all["fail"] = func(message string) (string, error) { return "", errors.New(message) }
	return all
}

// files is Helm's .Files: what the chart has beside its templates.
type files struct{ chart string }

// Get is the text of a file, and empty when there is none, as in Helm.
func (f files) Get(name string) string {
	text, err := os.ReadFile(filepath.Join(f.chart, filepath.Clean("/"+name)))
	if err != nil {
		return ""
	}
	return string(text)
}

func read(file string, into interface{}) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// overlay is Helm's rule for values: maps are merged, everything else is replaced, null removes.
func overlay(under, over values) values {
	for key, value := range over {
		switch above := value.(type) {
		case nil:
			delete(under, key)
		case values:
			if below, ok := under[key].(values); ok {
				under[key] = overlay(below, above)
			} else {
				under[key] = above
			}
		default:
			under[key] = value
		}
	}
	return under
}
