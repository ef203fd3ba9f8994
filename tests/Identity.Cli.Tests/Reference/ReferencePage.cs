using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Culvert.Identity.Cli.Tests.Reference;

/// <summary>The part of docs/cli.md that lists every command, made from the commands themselves.</summary>
internal static class ReferencePage
{
    public const string Marker = "<!-- From here on generated from the program: CULVERT_RENEW_DOCS=1 renews it. -->";

    public static string Render()
    {
        var root = CulvertCommand.Describe();
        var text = new StringBuilder();
        text.Append(Marker).Append("\n\n## Flags of every command\n\n");
        AddFlags(text, root.Options.Where(option => option.Recursive));
        text.Append("\n## Commands\n");
        foreach (var noun in root.Subcommands.OrderBy(noun => noun.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {noun.Name}\n\n{Sentence(noun.Description)}\n");
            foreach (var (path, verb) in Leaves(noun, noun.Name))
            {
                AddVerb(text, path, verb, isNoun: verb == noun);
            }
        }

        return text.ToString();
    }

    private static void AddVerb(StringBuilder text, string path, Command verb, bool isNoun)
    {
        var arguments = string.Concat(
            verb.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $" [{a.Name}]" : $" {a.Name}")
        );
        text.Append(CultureInfo.InvariantCulture, $"\n`culvert {path}{arguments}`");
        text.Append(isNoun ? "\n" : $": {Code(verb.Description)}\n");
        var own = verb.Options.Where(option => option.Name != "--help" && !option.Hidden).ToList();
        if (own.Count > 0)
        {
            text.Append('\n');
            AddFlags(text, own);
        }
    }

    private static void AddFlags(StringBuilder text, IEnumerable<Option> options)
    {
        foreach (var option in options.Where(option => !option.Hidden))
        {
            var names = string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Prepend(option.Name).Distinct());
            var value =
                option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0 ? ""
                : option.HelpName is { } name ? $" {name}"
                : " VALUE";
            text.Append(CultureInfo.InvariantCulture, $"- `{names}{value}`");
            text.Append(option.Required ? " (required)" : "");
            text.Append(CultureInfo.InvariantCulture, $": {Code(option.Description)}\n");
        }
    }

    private static IEnumerable<(string Path, Command Verb)> Leaves(Command command, string path) =>
        command.Subcommands.Count == 0
            ? [(path, command)]
            : command.Subcommands.SelectMany(verb => Leaves(verb, $"{path} {verb.Name}"));

    private static string Sentence(string? text)
    {
        var plain = Code(text);
        return plain.Length == 0
            ? plain
            : char.ToUpperInvariant(plain[0]) + plain[1..] + (plain.EndsWith('.') ? "" : ".");
    }

    // Markdown would take these for its own.
    private static string Code(string? text) =>
        (text ?? "").Replace("<", "\\<", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);
}
