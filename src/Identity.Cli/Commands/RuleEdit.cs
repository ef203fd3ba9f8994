using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands;

internal sealed class RuleEdit
{
    private readonly Argument<string> id = Flags.Id(Noun.Rule);
    private readonly Option<string?> newName = Flags.Text("--name", "NAME", "new name");
    private readonly RuleFlags flags = new(creating: false);

    public Symbol[] Symbols => [id, newName, .. flags.All];

    public Task<string> PathAsync(CommandContext context, CancellationToken cancel) =>
        context.PathAsync(Noun.Rule, context.Get(id), cancel);

    public async Task<(string Path, JsonObject Body)> ReadAsync(CommandContext context, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var path = await context.PathAsync(Noun.Rule, context.Get(id), cancel);
        var body = new JsonObject();
        if (context.Get(newName) is { } name)
        {
            body["name"] = name;
        }

        if (flags.NamesMatch(context))
        {
            // The API replaces the whole match: start from the current one, so that no condition is lost.
            var present = (await client.GetAsync(path, cancel)).Json["match"] as JsonObject ?? [];
            body["match"] = flags.MatchOver((JsonObject)present.DeepClone(), context);
        }

        await flags.AddToAsync(body, context, cancel);
        UpdateBody.RequireChange(body);
        return (path, body);
    }
}
