using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert issuer signals</c>: the stream of security event tokens of an identity provider.</summary>
internal static class IssuerSignalCommands
{
    private static readonly IssuerPart Part = new("signals");

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "signals",
            "security event tokens by which an identity provider withdraws people's access",
            Part.Show(verbs, "print the issuer's stream, with its last token and last refusal"),
            Set(verbs),
            Remove(verbs)
        );

    private static Command Set(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Issuer);
        var transmitter = Flags.Required("--transmitter", "ISS", "the iss of the transmitter's tokens, exactly");
        var jwksUri = Flags.Required("--jwks-uri", "URL", "the https URL of the transmitter's key set");
        var audience = Flags.Text("--audience", "AUD", "the aud of its tokens (default: the push URL)");
        var pollUrl = Flags.Text(
            "--poll-url",
            "URL",
            "poll the tokens from this https URL (RFC 8936; default: the transmitter pushes them)"
        );
        var pollToken = Flags.Text(
            "--poll-token-file",
            "FILE",
            "the bearer token for --poll-url, in the first line (default: the one set before for the same URL)"
        );
        var disabled = new Option<bool>("--disabled") { Description = "keep the settings, and refuse its tokens" };
        return verbs.Create(
            "set",
            "accept a transmitter's tokens about the issuer's people; prints the URL where it pushes them, unless they are polled",
            async (context, cancel) =>
            {
                var body = new JsonObject
                {
                    ["transmitter_issuer"] = context.Get(transmitter),
                    ["jwks_uri"] = context.Get(jwksUri),
                    ["enabled"] = !context.Get(disabled),
                };
                if (context.Get(audience) is { } text)
                {
                    body["audience"] = text;
                }

                if (context.Get(pollUrl) is { } url)
                {
                    body["delivery"] = "poll";
                    body["poll_url"] = url;
                }

                if (context.Get(pollToken) is { } file)
                {
                    body["poll_token"] = InFile.ReadFirstLine(file);
                }

                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.PostAsync(await Part.PathAsync(context, id, cancel), body, cancel)
                );
            },
            id,
            transmitter,
            jwksUri,
            audience,
            pollUrl,
            pollToken,
            disabled
        );
    }

    private static Command Remove(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Issuer);
        return verbs.Create(
            "remove",
            "refuse the transmitter's tokens; what they withdrew stays withdrawn",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.DeleteAsync(await Part.PathAsync(context, id, cancel), cancel)
                );
            },
            id
        );
    }
}
