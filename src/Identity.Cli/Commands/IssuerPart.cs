using System.CommandLine;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary>Settings that an issuer has once, below its own path.</summary>
/// <param name="segment">The last segment of their path.</param>
internal sealed class IssuerPart(string segment)
{
    public Command Show(VerbFactory verbs, string description)
    {
        var id = Flags.Id(Noun.Issuer);
        return verbs.Create(
            "show",
            description,
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(await client.GetAsync(await PathAsync(context, id, cancel), cancel));
            },
            id
        );
    }

    public async Task<string> PathAsync(CommandContext context, Argument<string> id, CancellationToken cancel) =>
        $"{await context.PathAsync(Noun.Issuer, context.Get(id), cancel)}/{segment}";
}
