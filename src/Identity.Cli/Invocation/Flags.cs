using System.CommandLine;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Invocation;

internal static class Flags
{
    public static Argument<string> Name() => new("NAME") { Description = "its name" };

    public static Argument<string> Id(string what) => new("ID") { Description = $"id or name of the {what}" };

    public static Argument<string> Id(Noun noun) => Id(noun.Word).Offering(noun);

    public const string YesName = "--yes";

    public static Option<bool> Yes() => new(YesName) { Description = "do not ask for confirmation" };

    public static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    public static Option<string> Required(string name, string value, string description) =>
        new(name)
        {
            Description = description,
            HelpName = value,
            Required = true,
        };

    public static Option<string[]> Many(string name, string value, string description) =>
        new(name)
        {
            Description = $"{description}; may be repeated",
            HelpName = value,
            Arity = ArgumentArity.OneOrMore,
        };

    public static Option<string?> OneOf(string name, string description, params string[] words)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', words) };
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    public static Option<string?> Out(string what) =>
        Text("--out", "FILE", $"write {what} to this file instead of printing it");
}
