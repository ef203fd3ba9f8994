using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert issuer scim</c>: how a directory provisions the people and groups of an identity provider.</summary>
internal static class IssuerScimCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "scim",
            "the directory that provisions an identity provider's people and groups",
            Show(verbs),
            Set(verbs)
        );

    private static Command Show(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Issuer);
        return verbs.Create(
            "show",
            "print the settings of the issuer's directory, and the URL that the directory is configured with",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(await client.GetAsync(await PathAsync(context, id, cancel), cancel));
            },
            id
        );
    }

    private static Command Set(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Issuer);
        var subject = Flags.Required(
            "--subject-attribute",
            "ATTRIBUTE",
            "which attribute of a user is the sub of the issuer's tokens: external_id or user_name"
        );
        return verbs.Create(
            "set",
            "set how users become people of the issuer; refused while the directory has users",
            async (context, cancel) =>
            {
                var body = new JsonObject { ["subject_attribute"] = context.Get(subject) };
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(await client.PostAsync(await PathAsync(context, id, cancel), body, cancel));
            },
            id,
            subject
        );
    }

    private static async Task<string> PathAsync(
        CommandContext context,
        Argument<string> id,
        CancellationToken cancel
    ) => $"{await context.PathAsync(Noun.Issuer, context.Get(id), cancel)}/scim";
}
