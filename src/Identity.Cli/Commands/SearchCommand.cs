using System.CommandLine;
using System.Globalization;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class SearchCommand
{
    private static readonly Column[] Columns =
    [
        new("TYPE", "type", Fit.Whole),
        new("ID", "id", Fit.Whole),
        new("NAME", "name", Fit.Whole),
        new("DETAIL", "detail"),
        new("TUNNEL", "tunnel_id"),
        new("ARCHIVED", "archived"),
    ];

    public static Command Create(VerbFactory verbs)
    {
        var text = new Argument<string>("TEXT")
        {
            Description = "an id, a serial number, a fingerprint, or a part of a name",
        };
        var type = Flags.Text("--type", "TYPE", "only objects of this kind, such as tunnel or federation_rule");
        var limit = new Option<int?>("--limit")
        {
            Description = "objects of each kind (default: 10, at most 100)",
            HelpName = "N",
        };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 100)
            {
                result.AddError("--limit must be from 1 to 100");
            }
        });
        return verbs.Create(
            "search",
            "find objects of every kind by id, serial number, fingerprint or a part of their name",
            async (context, cancel) =>
            {
                var query = new Query()
                    .Add("q", context.Get(text))
                    .Add("type", context.Get(type))
                    .Add("limit", context.Get(limit)?.ToString(CultureInfo.InvariantCulture));
                var answer = await (await context.ClientAsync(cancel)).GetAsync(query.On("/v1/search"), cancel);
                if (answer.Json["more"] is System.Text.Json.Nodes.JsonArray { Count: > 0 } more)
                {
                    context.Note($"more results of {string.Join(", ", more)}: --limit 100, or more of the name");
                }

                return CommandResult.List(answer, Columns);
            },
            [text, type, limit, .. ListFlags.OfWhole()]
        );
    }
}
