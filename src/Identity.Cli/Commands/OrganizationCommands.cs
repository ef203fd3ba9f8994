using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert organization</c>: a key acts for exactly one.</summary>
internal static class OrganizationCommands
{
    public const string CurrentPath = "v1/organizations/current";

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "organization",
            "the organization that the key acts for",
            verbs.Create("show", "print it", ShowAsync),
            verbs.Create("list", "list the organizations that the key may see", ListAsync, ListFlags.OfWhole())
        );

    private static async Task<CommandResult> ShowAsync(CommandContext context, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        return CommandResult.Object(await client.GetAsync(CurrentPath, cancel));
    }

    private static async Task<CommandResult> ListAsync(CommandContext context, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var current = (await client.GetAsync(CurrentPath, cancel)).Json;
        var list = new JsonObject { ["data"] = new JsonArray(current.DeepClone()), ["next_page"] = null };
        return CommandResult.List(
            ApiAnswer.FromJson(list),
            new("ID", "id", Fit.Keep),
            new Column("NAME", "name", Fit.Keep)
        );
    }
}
