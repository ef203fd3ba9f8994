using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Invocation;

/// <summary><c>--filter MEMBER=VALUE</c>: which objects of a list are printed. Several filters must all match.</summary>
internal sealed class ResultFilter
{
    private const string Name = "--filter";

    private readonly IReadOnlyList<(string Member, string Value)> conditions;

    private ResultFilter(IReadOnlyList<(string Member, string Value)> conditions) => this.conditions = conditions;

    public static Option<string[]> Create()
    {
        var option = Flags.Many(
            Name,
            "MEMBER=VALUE",
            "only objects whose member (named as in -o json, a.b for nested members) has this value; VALUE may end in *"
        );
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                result.AddError($"--filter '{token.Value}': write MEMBER=VALUE");
            }
        });
        return option;
    }

    /// <summary>Reads the filter; without the flag, everything matches.</summary>
    public static ResultFilter Read(ParseResult parse) =>
        new(
            parse.CommandResult.Command.Options.Any(option => option.Name == Name)
                ?
                [
                    .. (parse.GetValue<string[]>(Name) ?? []).Select(text =>
                    {
                        var at = text.IndexOf('=', StringComparison.Ordinal);
                        return (text[..at], text[(at + 1)..]);
                    }),
                ]
                : []
        );

    public CommandResult Apply(CommandResult result)
    {
        if (conditions.Count == 0 || result.Columns is null)
        {
            return result;
        }

        var kept = result.Json.Data().Where(Holds).Select(item => item?.DeepClone());
        var json = (JsonObject)result.Json.DeepClone();
        json["data"] = new JsonArray([.. kept]);
        return CommandResult.Object(json) with { Columns = result.Columns, ExitCode = result.ExitCode };
    }

    private bool Holds(JsonNode? item) =>
        conditions.All(condition =>
        {
            var found = new Column("", condition.Member).Format(item);
            return condition.Value.EndsWith('*')
                ? found.StartsWith(condition.Value[..^1], StringComparison.Ordinal)
                : found == condition.Value;
        });
}
