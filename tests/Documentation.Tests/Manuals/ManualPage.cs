using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Culvert.Documentation.Tests.Manuals;

/// <summary>The manual page of a program, from its commands and their help: roff with the macros of man(7).</summary>
internal static class ManualPage
{
    /// <summary>Each program, the section of its page, and the configuration file that it reads.</summary>
    public static readonly IReadOnlyList<(string Program, int Section, string? File)> All =
    [
        ("culvert", 1, null),
        ("identity-service", 8, "/etc/culvert/identity-service.yaml"),
        ("tunnel-agent", 8, "/etc/culvert/agent.yaml"),
        ("tunnel-edge", 8, "/etc/culvert/edge.yaml"),
    ];

    public static string Write(RootCommand root, string program, int section, string? file)
    {
        var page = new StringBuilder(".\\\" Made from the program: CULVERT_RENEW_DOCS=1 renews it.\n");
        Line(page, $".TH {program.ToUpperInvariant()} {section} \"\" Culvert Culvert");
        Line(page, $".SH NAME\n{Text(program)} \\- {Text(root.Description?.TrimEnd('.'))}");
        Line(page, $".SH SYNOPSIS\n.B {Text(program)}\n.I COMMAND\n[\\fIoptions\\fR]");
        Line(page, ".SH OPTIONS");
        AddOptions(page, root.Options);
        Line(page, ".SH COMMANDS");
        foreach (var command in root.Subcommands.OrderBy(command => command.Name, StringComparer.Ordinal))
        {
            AddCommand(page, command, $"{program} {command.Name}");
        }

        Line(page, ".SH EXIT STATUS\n.TP\n.B 0\nThe command succeeded.");
        Line(page, ".TP\n.B 64\nThe command line is wrong.");
        Line(page, ".TP\n.B 78\nA file or a variable that the command depends on is wrong.");
        Line(page, ".TP\nother\nThe command failed.");
        if (file is not null)
        {
            Line(page, $".SH FILES\n.TP\n.I {Text(file)}\nThe configuration.");
        }

        var others = All.Where(one => one.Program != program).Select(one => $".BR {Text(one.Program)} ({one.Section})");
        Line(page, $".SH SEE ALSO\n{string.Join(" ,\n", others)}");
        Line(page, ".PP\nThe identity service serves the whole documentation under /docs/ of its address.");
        return page.ToString();
    }

    private static void AddCommand(StringBuilder page, Command command, string path)
    {
        var arguments = command.Arguments.Where(argument => !argument.Hidden).Select(Placeholder);
        if (command.Subcommands.Count == 0)
        {
            Line(page, $".SS {Text(string.Join(' ', arguments.Prepend(path)))}\n{Text(command.Description)}");
            AddOptions(page, command.Options.Where(option => option.Name != "--help"));
        }

        foreach (var verb in command.Subcommands.Where(verb => !verb.Hidden))
        {
            AddCommand(page, verb, $"{path} {verb.Name}");
        }
    }

    private static void AddOptions(StringBuilder page, IEnumerable<Option> options)
    {
        foreach (var option in options.Where(option => !option.Hidden))
        {
            var names = option
                .Aliases.Where(alias => alias.StartsWith('-'))
                .Order(StringComparer.Ordinal)
                .Prepend(option.Name)
                .Distinct();
            var value =
                option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0
                    ? ""
                    : $" \\fI{Text(option.HelpName ?? "VALUE")}\\fR";
            Line(page, $".TP\n\\fB{Text(string.Join(", ", names))}\\fR{value}{(option.Required ? " (required)" : "")}");
            Line(page, Text(option.Description));
        }
    }

    private static string Placeholder(Argument argument) =>
        argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name;

    private static void Line(StringBuilder page, string text) => page.Append(text).Append('\n');

    // A backslash and a hyphen are commands of roff, as is a line that begins with a dot or an apostrophe.
    private static string Text(string? text)
    {
        var escaped = (text ?? "")
            .ReplaceLineEndings(" ")
            .Replace("\\", "\\e", StringComparison.Ordinal)
            .Replace("-", "\\-", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'')
            ? string.Create(CultureInfo.InvariantCulture, $"\\&{escaped}")
            : escaped;
    }
}
