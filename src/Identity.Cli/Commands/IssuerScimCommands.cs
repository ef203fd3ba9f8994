using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert issuer scim</c>: how a directory provisions the people and groups of an identity provider.</summary>
internal static class IssuerScimCommands
{
    private static readonly IssuerPart Part = new("scim");

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "scim",
            "the directory that provisions an identity provider's people and groups",
            Part.Show(
                verbs,
                "print the settings of the issuer's directory, and the URL that the directory is configured with"
            ),
            Set(verbs)
        );

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
                return CommandResult.Object(
                    await client.PostAsync(await Part.PathAsync(context, id, cancel), body, cancel)
                );
            },
            id,
            subject
        );
    }
}
